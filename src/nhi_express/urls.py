"""All addresses of the site, a line a room."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("nhi_express.site.urls")),
    path("", include("nhi_express.devices.urls")),
    path("", include("nhi_express.enrolment.urls")),
    path("", include("nhi_express.mobile.urls")),
    path("", include("nhi_express.card.urls")),
    path("", include("nhi_express.units.urls")),
    path("", include("nhi_express.counter.urls")),
    path("", include("nhi_express.services.urls")),
    path("help/", include("nhi_express.help.urls")),
]
if settings.GALLERY:
    urlpatterns.append(path("gallery/", include("nhi_express.site.gallery.urls")))

handler400 = "nhi_express.site.views.bad_request"
handler403 = "nhi_express.site.views.forbidden"
handler404 = "nhi_express.site.views.not_found"
handler500 = "nhi_express.site.views.server_error"
