"""What this room does in the background."""

from nhi_express.counter.flows import cases, duty, offices, screens


def tidy() -> int:
    """Close what was left lying, remove what is over, begin what is planned. Returns how many rows were touched."""
    return cases.close_stale() + screens.forget_old() + duty.forget_expired() + offices.begin_planned()
