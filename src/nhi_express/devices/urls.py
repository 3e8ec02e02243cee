"""Addresses of bound phones."""

from django.urls import path

from nhi_express.devices import views
from nhi_express.devices.views import codes, stopping

app_name = "devices"
urlpatterns = [
    path("app/unlock/", views.unlock, name="unlock"),
    path("app/unlock/challenge", views.challenge, name="challenge"),
    path("app/unlock/enter", views.enter, name="enter"),
    path("app/bind/code/", codes.start, name="code"),
    path("app/bind/code/token", codes.token, name="code_token"),
    path("app/bind/code/type", codes.typed, name="code_type"),
    path("app/bind/code/confirm", codes.confirm, name="code_confirm"),
    path("app/bind/code/leave", codes.leave, name="code_leave"),
    path("app/bind/code/done", codes.done, name="code_done"),
    path("app/sign-out", views.sign_out, name="sign_out"),
    path("app/phones/", views.phones, name="phones"),
    path("app/phones/<uuid:device_id>/<slug:act>", views.change_phone, name="change"),
    path("app/history/", views.history, name="history"),
    path("app/history/not-me", views.freeze, name="freeze"),
    path("app/history/look-ups", views.look_ups, name="look_ups"),
    path("stop/", stopping.stop, name="stop"),
    path("stop/done", stopping.stopped, name="stopped"),
    path("app/contact/", views.contact, name="contact"),
]
