"""Addresses of the services."""

from django.urls import path

from nhi_express.services import views

app_name = "services"
urlpatterns = [
    path("app/health-bank/", views.health_bank, name="health_bank"),
    path("app/nhi-counter/", views.nhi_counter, name="nhi_counter"),
]
