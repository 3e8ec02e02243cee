"""Addresses of the units' room."""

from django.urls import URLPattern, path

from nhi_express.units.views import entering

app_name = "units"
urlpatterns: list[URLPattern] = [
    path("units/", entering.sign_in, name="sign_in"),
    path("units/challenge", entering.challenge, name="challenge"),
    path("units/enter", entering.enter, name="enter"),
    path("units/switch/", entering.switch, name="switch"),
    path("units/stay", entering.stay, name="stay"),
    path("units/sign-out", entering.sign_out, name="sign_out"),
    path("app/units/enter", entering.enter_from_app, name="enter_from_app"),
]
