"""Which scopes there are, and what is wrong with a list of them."""

from typing import Final

PURPOSE: Final = "dpv:FraudPreventionAndDetection"
NUMBER: Final = "number-verification:device-phone-number:read"
AT_THE_PHONE: Final = frozenset({"openid", PURPOSE, NUMBER})
"""What a phone's network authentication can give."""

MATCH: Final = "kyc-match:match"
TENURE: Final = "kyc-tenure:check-tenure"
STATUS: Final = "subscription-status:retrive-subscription-status"
SIM_SWAP: Final = "sim-swap:check"
AGE: Final = "kyc-age-verification:verify"
ABOUT_A_LINE: Final = frozenset({PURPOSE, MATCH, TENURE, STATUS, SIM_SWAP, AGE})
"""What the site may ask about a line by its number."""


def problem_with(scope: object, allowed: frozenset[str]) -> str:
    """What is wrong with this scope value, or an empty string.

    It must be a space-separated text of known scopes with exactly one purpose (`dpv:`), each once.
    """
    scopes = scope.split() if isinstance(scope, str) else []
    purposes = [one for one in scopes if one.startswith("dpv:")]
    if len(purposes) != 1:
        return "exactly one purpose (dpv:) is needed"
    if len(set(scopes)) != len(scopes):
        return "a scope is named twice"
    unknown = set(scopes) - allowed
    return f"not allowed here: {' '.join(sorted(unknown))}" if unknown else ""
