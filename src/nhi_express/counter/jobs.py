"""What this room does in the background."""

from nhi_express.counter.flows import cases, duty, screens


def tidy() -> int:
    """Close what was left lying, and remove what is over. Returns how many rows were touched."""
    return cases.close_stale() + screens.forget_old() + duty.forget_expired()
