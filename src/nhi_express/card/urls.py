"""Addresses of the portal."""

from django.urls import path, re_path

from nhi_express.card.views import applying, computer, recovering, signed_in, signing_in

app_name = "card"
_CEREMONY = r"^portal/(?P<ceremony>resend|forgot|cancel)/"
urlpatterns = [
    path("portal/", signing_in.home, name="home"),
    path("portal/sign-out", signing_in.sign_out, name="sign_out"),
    path("portal/stay", signing_in.stay, name="stay"),
    path("portal/check/", computer.check, name="check"),
    path("portal/download/", computer.download, name="download"),
    path("portal/download/<str:name>", computer.download_file, name="download_file"),
    path("portal/challenge", computer.challenge, name="challenge"),
    path("portal/card", computer.card, name="card"),
    path("portal/places.json", computer.areas, name="places"),
    path("portal/register/", applying.start, name="register"),
    path("portal/register/terms", applying.terms, name="register_terms"),
    path("portal/register/card", applying.card, name="register_card"),
    path("portal/register/account", applying.account, name="register_account"),
    path("portal/register/confirm", applying.confirm, name="register_confirm"),
    path("portal/register/done", applying.done, name="register_done"),
    re_path(_CEREMONY + "$", recovering.prove, name="prove"),
    re_path(_CEREMONY + "code$", recovering.code, name="code"),
    re_path(_CEREMONY + "done$", recovering.done, name="recovered"),
    path("portal/device-code/", signed_in.device_code, name="device_code"),
    path("portal/device-code/state", signed_in.code_state, name="code_state"),
    path("portal/device-code/disown", signed_in.disown, name="disown"),
    path("portal/phones/", signed_in.phones, name="phones"),
    path("portal/phones/<uuid:device_id>/<slug:act>", signed_in.change_phone, name="change_phone"),
    path("portal/password/", signed_in.password, name="password"),
    path("portal/password/done", signed_in.password_done, name="password_done"),
    path("portal/basics/", signed_in.basics, name="basics"),
    re_path(r"^portal/basics/mail/(?P<kind>main|backup)$", signed_in.contact, name="contact"),
    path("portal/basics/household", signed_in.household, name="household"),
    path("portal/look-ups/", signed_in.look_ups, name="look_ups"),
    path("portal/health-bank/", signed_in.health_bank, name="health_bank"),
]
