"""The way an uploaded list comes in: bounded, in memory alone, and read only for an officer who is signed in.

Django would put a file of this size on disk, in the clear, before any view is asked. Here the size that is announced is
judged before a byte is read, and what comes is counted while it is read, so nobody can send more than a list may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from nhi_express.core.config import config
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

# What a form holds beside its file: names, boundaries, token, and pasted text up to DATA_UPLOAD_MAX_MEMORY_SIZE.
_BESIDE = 256 * 1024


def most_bytes() -> int:
    """The largest list that is taken."""
    return config().unit_file_megabytes * 1024 * 1024


def bound(request: HttpRequest) -> None:
    """Let this request bring a list of the allowed size and nothing larger. Call it before the form is read."""
    request.upload_handlers = [BoundedUpload(request)]


class BoundedUpload(FileUploadHandler):
    """Takes the files of one form into memory, together at most :func:`most_bytes`.

    Raises :class:`Refused` (LIST_TOO_LARGE) as soon as it is clear that more is coming; the rest is left unread.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._taken = 0
        self._content = BytesIO()

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Mapping[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Judge the size that the browser announces, before anything is read."""
        if content_length > most_bytes() + _BESIDE:
            raise too_large()

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        """Begin with a file of the form."""
        super().new_file(*args, **kwargs)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece, unless it is one too many."""
        self._taken += len(raw_data)
        if self._taken > most_bytes():
            raise too_large()
        self._content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The whole file, for the form."""
        self._content.seek(0)
        name, kind = self.file_name or "", self.content_type or ""
        return InMemoryUploadedFile(self._content, self.field_name, name, kind, file_size, self.charset)


def too_large() -> Refused:
    """The refusal of a list that is too large, with the size that would do."""
    return Refused(Problem.LIST_TOO_LARGE, megabytes=config().unit_file_megabytes)
