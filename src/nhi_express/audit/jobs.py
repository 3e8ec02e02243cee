"""What this room does in the background."""

from nhi_express.audit.flows import expire


def tidy() -> int:
    """Remove events older than the setting says. Returns how many."""
    return expire()
