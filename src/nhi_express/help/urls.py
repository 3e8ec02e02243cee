"""Addresses of the help pages. They are printed on refusals and in letters, so they stay."""

from django.urls import path

from nhi_express.help import views
from nhi_express.help.policies import POLICIES

app_name = "help"
urlpatterns = [
    path("", views.index, name="index"),
    path("q/<int:number>/", views.question, name="question"),
    path("codes/", views.codes, name="codes"),
    path("codes/<str:code>/", views.code, name="code"),
    path("terms/", views.terms, name="terms"),
    path("terms/<str:version>/", views.terms, name="terms"),
    *(path(f"{name}/", views.policy, {"name": name}, name=name) for name in POLICIES),
    path("news/", views.latest, name="news"),
]
