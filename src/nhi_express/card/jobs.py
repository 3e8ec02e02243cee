"""What this room does in the background."""

from nhi_express.card.flows import basis, signing_in


def tidy() -> int:
    """Remove what is over. Returns how many rows went."""
    return signing_in.forget_expired() + basis.forget_cancelled()
