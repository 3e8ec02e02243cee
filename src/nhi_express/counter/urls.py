"""Addresses of counters, hotline and back office."""

from django.urls import path

from nhi_express.counter.views import accounts, entering, offices

app_name = "counter"
urlpatterns = [
    path("help/offices/", offices.public, name="offices_public"),
    path("staff/", entering.home, name="home"),
    path("staff/challenge", entering.challenge, name="challenge"),
    path("staff/enter", entering.enter, name="enter"),
    path("staff/first/", entering.first, name="first"),
    path("staff/first/options", entering.first_options, name="first_options"),
    path("staff/first/keep", entering.first_keep, name="first_keep"),
    path("staff/passkeys/", entering.passkeys, name="passkeys"),
    path("staff/passkeys/options", entering.more_options, name="more_options"),
    path("staff/passkeys/keep", entering.more_keep, name="more_keep"),
    path("staff/passkeys/<uuid:passkey_id>/remove", entering.remove_passkey, name="remove_passkey"),
    path("staff/stay", entering.stay, name="stay"),
    path("staff/sign-out", entering.sign_out, name="sign_out"),
    path("staff/accounts/", accounts.everybody, name="accounts"),
    path("staff/accounts/<uuid:staff_id>/code", accounts.new_code, name="new_code"),
    path("staff/accounts/<uuid:staff_id>/move", accounts.move, name="move"),
    path("staff/accounts/<uuid:staff_id>/close", accounts.close, name="close"),
    path("staff/offices/", offices.every, name="offices"),
    path("staff/offices/<slug:code>", offices.one, name="office"),
    path("staff/offices/<slug:code>/close", offices.close, name="close_office"),
]
