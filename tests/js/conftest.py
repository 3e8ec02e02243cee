"""The same server and browser as the gallery's."""

from tests.gallery.conftest import chromium, gallery_url

__all__ = ["chromium", "gallery_url"]
