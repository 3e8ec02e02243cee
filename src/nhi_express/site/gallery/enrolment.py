"""裝置認證: the choice of a way."""

from nhi_express.site.gallery.page import Page

PAGES = (Page("choose", "enrolment/choose.html", {"all": {"next": "/app/"}}),)
