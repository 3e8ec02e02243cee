"""What this room does in the background."""

from nhi_express.enrolment.flows import forget_expired
from nhi_express.enrolment.flows.invitations import end_over


def tidy() -> int:
    """Remove attempts that are over, and end invitations whose time is. Returns how many rows that touched."""
    return forget_expired() + end_over()
