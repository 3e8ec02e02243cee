"""Addresses of the shell."""

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from nhi_express.site import desk_card, operators, portal_units, views

app_name = "site"
urlpatterns = [
    path("", views.root, name="root"),
    path("app/", views.home, name="home"),
    path("app/manifest.webmanifest", views.manifest, name="manifest"),
    path("app/sw.js", views.service_worker, name="service_worker"),
    path("app/offline/<slug:language>", views.offline, name="offline"),
    path("portal/units/", portal_units.index, name="portal_units"),
    path("portal/units/register", portal_units.register, name="portal_unit_register"),
    path("portal/units/enter", portal_units.open_desk, name="portal_unit_open"),
    path("portal/units/<uuid:officer_id>/<slug:act>", portal_units.change, name="portal_unit_change"),
    path("staff/desk/card", desk_card.open_case, name="desk_card"),
    path("staff/content/operators/", operators.every, name="operators"),
    path("staff/content/operators/<slug:code>", operators.one, name="operator"),
    path("staff/content/operators/<slug:code>/withdraw", operators.withdraw, name="operator_withdraw"),
    path("language/", require_POST(set_language), name="language"),
    path("text-size/", views.text_size, name="text_size"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
]
