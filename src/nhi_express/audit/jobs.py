"""What this room does in the background."""

from nhi_express.audit.flows import expire
from nhi_express.audit.flows.counting import count_new
from nhi_express.audit.flows.proving import grow, sign_head


def tidy() -> int:
    """Remove events older than the setting says, and sign the log's head. Returns how many were removed."""
    sign_head()
    return expire()


def sweep() -> int:
    """Count new events and add them to the log's tree. Returns how many."""
    return count_new() + grow()
