"""Addresses of the gallery."""

from django.urls import path

from nhi_express.site.gallery import views

app_name = "gallery"
urlpatterns = [
    path("", views.index, name="index"),
    path("pages.json", views.listing, name="listing"),
    path("<slug:language>/<slug:page>/<slug:state>/", views.show, name="show"),
    path("<slug:language>/<slug:page>/<slug:state>/frames/", views.frames, name="frames"),
]
