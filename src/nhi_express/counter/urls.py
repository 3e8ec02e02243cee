"""Addresses of counters, hotline and back office."""

from django.urls import URLPattern

app_name = "counter"
urlpatterns: list[URLPattern] = []
