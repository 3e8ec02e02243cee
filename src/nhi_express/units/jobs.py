"""What this room does in the background."""

from nhi_express.units.adapters import oauth
from nhi_express.units.flows import entering, mailing, officers
from nhi_express.units.flows.lists import forget_files
from nhi_express.units.flows.working import take_up_again


def tidy() -> int:
    """Remove what is over. Returns how much."""
    return forget_files() + entering.forget_expired() + oauth.forget_expired() + officers.end_unanswered()


def sweep() -> int:
    """Take up again what a worker left when it died, and begin to mail codes that are due. Returns how much."""
    return take_up_again() + mailing.begin()
