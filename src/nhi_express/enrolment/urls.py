"""Addresses of enrolment."""

from django.urls import path

from nhi_express.enrolment import views

app_name = "enrolment"
urlpatterns = [path("app/bind/", views.choose, name="choose")]
