"""What this room does in the background."""

from nhi_express.audit.flows.counting import count_new
from nhi_express.audit.flows.expiring import expire
from nhi_express.audit.flows.proving import grow, newest_head, sign_head


def tidy() -> int:
    """Remove events older than the setting says, and sign the log's head. Returns how many were removed."""
    sign_head()
    return expire()


def sweep() -> int:
    """Count new events and add them to the log's tree; its first head is signed at once. Returns how many came."""
    came = count_new() + grow()
    if newest_head() is None:
        sign_head()
    return came
