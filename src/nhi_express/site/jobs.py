"""What this room does in the background: only it may know both the staff's plans and the operators."""

from nhi_express.site import operators


def tidy() -> int:
    """Let planned changes of operators begin. Returns how many did."""
    return operators.begin_planned()
