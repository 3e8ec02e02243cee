"""What this room does in the background."""

from nhi_express.enrolment.flows import forget_expired


def tidy() -> int:
    """Remove what is over. Returns how many rows went."""
    return forget_expired()
