"""Addresses of the mobile channel."""

from django.urls import path

from nhi_express.mobile import views

app_name = "mobile"
urlpatterns = [
    path("app/bind/mobile/terms", views.terms, name="terms"),
    path("app/bind/mobile/line", views.line, name="line"),
    path("app/bind/mobile/back", views.back, name="back"),
    path("app/bind/mobile/refused", views.refused, name="refused"),
    path("app/bind/mobile/card", views.card, name="card"),
    path("app/bind/mobile/finish", views.finish, name="finish"),
    path("app/bind/mobile/done", views.done, name="done"),
    path("mobile/jwks.json", views.jwks, name="jwks"),
]
