"""The mail that arrives at the sandbox: kept in memory, the newest thousand."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT: Final = 1000
BIGGEST: Final = 1_000_000
"""Largest mail taken, in bytes."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived; `text` is its readable part."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    arrived: datetime

    def as_json(self) -> dict[str, object]:
        """The mail as plain data, with `arrived` in ISO 8601 (UTC)."""
        return {
            "number": self.number,
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.text,
            "arrived": self.arrived.isoformat(),
        }


def _readable(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html")) or message
    try:
        content = part.get_content()
    except (LookupError, ValueError):
        # Whatever it claims to be, show its bytes.
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""


class Inbox:
    """All mail to anybody, newest first."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=KEPT)
        self._numbers = count(1)

    def __iter__(self) -> Iterator[Mail]:
        return reversed(self._mails)

    def __len__(self) -> int:
        return len(self._mails)

    def to(self, address: str) -> list[Mail]:
        """The mails to this address, newest first; all of them for an empty one."""
        return [mail for mail in self if not address or address.lower() in map(str.lower, mail.recipients)]

    def find(self, number: int) -> Mail | None:
        """The mail with this number, or None."""
        return next((mail for mail in self._mails if mail.number == number), None)

    def clear(self) -> None:
        """Throw all mail away."""
        self._mails.clear()

    def receive(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Keep one mail, dropping the oldest when there are too many."""
        message = message_from_bytes(raw, policy=policy.default)
        self._mails.append(
            Mail(
                next(self._numbers),
                sender,
                tuple(recipients),
                str(message.get("subject", "")),
                _readable(message),
                datetime.now(UTC),
            )
        )


class Postman:
    """Takes what the SMTP server receives and puts it into `inbox`."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one mail (called by aiosmtpd) and return the SMTP answer."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self._inbox.receive(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return "250 OK"
