"""What this room does in the background."""

from nhi_express.devices.flows import forget_codes, forget_expired


def tidy() -> int:
    """Remove what is over. Returns how many rows went."""
    return forget_expired() + forget_codes()
