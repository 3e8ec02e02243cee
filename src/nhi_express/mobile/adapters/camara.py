"""The operators by CAMARA's interfaces: Number Verification 2.1, KYC Match 0.4, Tenure 0.2, Subscription Status 0.1,
SIM Swap 2.1, Age Verification 0.2, under the Security and Interoperability Profile r4.2.

Number Verification tokens are good for one call, so the other questions go with a second token (JWT bearer).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

from nhi_express.core import clock, randomness, rows
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url
from nhi_express.core.logging import log
from nhi_express.members.rules import IdNumber, MobileNumber
from nhi_express.mobile.adapters.circuit import Circuit
from nhi_express.mobile.adapters.conversation import Conversation, NotServed, Rejected
from nhi_express.mobile.models import Operator
from nhi_express.mobile.ports import Departure, Finding, OperatorDown, Return
from nhi_express.mobile.rules import LineClass, LineFacts, LineState, OperatorEntry, listed

_PURPOSE = "dpv:FraudPreventionAndDetection"
_NUMBER = "number-verification:device-phone-number:read"
_QUESTIONS = (
    "kyc-match:match kyc-tenure:check-tenure subscription-status:retrive-subscription-status "
    "sim-swap:check kyc-age-verification:verify"
)
_NOT_BY_NETWORK = {"access_denied", "login_required", "interaction_required"}
_BY_ISSUER = rows.Lookup(Operator, "issuer")
_CONTRACTS: dict[str, LineClass] = {"PAYG": "prepaid", "PAYM": "personal", "Business": "company"}


@dataclass(frozen=True, slots=True)
class CamaraLines:
    """:class:`nhi_express.mobile.ports.LineAuthority` over CAMARA."""

    circuit: Circuit

    def depart(self) -> Departure:
        """Authorization code flow with PKCE; the operator authenticates by the network alone (``prompt=none``)."""
        state, nonce, verifier = randomness.token(128), randomness.token(128), randomness.token(256)
        query = {
            "response_type": "code",
            "client_id": config().client_id,
            "redirect_uri": redirect_uri(),
            "scope": f"openid {_PURPOSE} {_NUMBER}",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
            "prompt": "none",
        }
        return Departure(f"{config().gateway_url}?{urlencode(query)}", state, {"nonce": nonce, "verifier": verifier})

    def examine(
        self, back: Return, memory: dict[str, str], number: MobileNumber, id_numbers: Sequence[IdNumber]
    ) -> Finding:
        """See :meth:`nhi_express.mobile.ports.LineAuthority.examine`."""
        if back.error:
            return Finding(_facts_of_error(back), "")
        row = _BY_ISSUER.one(back.issuer)
        entry = row.entry() if row else None
        if entry is None or not listed(entry, clock.today()):
            return Finding(LineFacts(operator_listed=False), "")
        if entry.kind == "mvno":
            return Finding(LineFacts(line_class="mvno"), entry.code)
        try:
            facts = self.circuit.call(entry.code, lambda: _interview(entry, back.code, memory, number, id_numbers))
        except Rejected as error:
            # The operator answers, but not as agreed: for the member that is the same as not answering.
            raise OperatorDown(entry.code) from error
        return Finding(facts, entry.code)


def redirect_uri() -> str:
    """Where the gateway sends the browser back to."""
    return f"{config().site_url}/app/bind/mobile/back"


@cache
def line_authority() -> CamaraLines:
    """The operators of this installation."""
    return CamaraLines(Circuit())


def _facts_of_error(back: Return) -> LineFacts:
    """Believed only from the gateway or an operator on the list (RFC 9207, section 2.4)."""
    if back.error in _NOT_BY_NETWORK and _is_known(back.issuer):
        return LineFacts(on_mobile_network=False)
    raise OperatorDown("gateway")


def _is_known(issuer: str) -> bool:
    return issuer == config().gateway_issuer or _BY_ISSUER.one(issuer) is not None


def _interview(
    entry: OperatorEntry, code: str, memory: dict[str, str], number: MobileNumber, id_numbers: Sequence[IdNumber]
) -> LineFacts:
    """Ask only as long as the answers allow: a line that fails is not asked whose it is."""
    talk = Conversation(entry)
    try:
        return _ask(talk, code, memory, number, id_numbers)
    except Rejected as error:
        log("mobile").warning("operator_rejected", operator=entry.code, code=error.code, correlator=talk.correlator)
        raise
    except KeyError as error:
        raise OperatorDown(entry.code) from error


def _ask(
    talk: Conversation, code: str, memory: dict[str, str], number: MobileNumber, id_numbers: Sequence[IdNumber]
) -> LineFacts:
    token = talk.redeem(code, memory["verifier"], memory["nonce"], redirect_uri())
    held = _device_number(talk, token)
    facts = LineFacts(on_mobile_network=held is not None, number_matches=held == number.e164)
    if not facts.number_matches:
        return facts
    try:
        talk.authorise(f"tel:{number.e164}", f"{_PURPOSE} {_QUESTIONS}")
        facts = _condition(talk, facts)
        if facts.line_state != "active" or facts.line_class not in {"personal", "unknown"} or facts.sim_changed:
            return facts
        return replace(facts, id_matches=_is_subscriber(talk, id_numbers))
    except NotServed:
        # 404: the operator knows no such subscriber (any longer).
        return replace(facts, line_state="ended")


def _device_number(talk: Conversation, token: str) -> str | None:
    """The number of the SIM in use, or None when the operator did not see it on its network."""
    try:
        return str(talk.get("/number-verification/v2/device-phone-number", token)["devicePhoneNumber"])
    except Rejected as error:
        if error.code == "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK":
            return None
        raise


def _condition(talk: Conversation, facts: LineFacts) -> LineFacts:
    state = _state(talk.ask("/subscription-status/v0.1/retrive-subscription-status", {}))
    if state != "active":
        return replace(facts, line_state=state)
    tenure = talk.ask("/kyc-tenure/v0.2/check-tenure", {"tenureDate": clock.today().isoformat()})
    age = talk.ask("/kyc-age-verification/v0.2/verify", {"ageThreshold": 0, "includeParentalControl": True})
    swap = talk.ask("/sim-swap/v2/check", {"maxAge": config().sim_swap_hours})
    # Parental control is the only sign of a parent-child line that CAMARA knows; KYC Match would pass the parent.
    line_class = "parent_child" if _parental(age) else _contract(tenure)
    if _parental(age) is None:
        line_class = "unknown"
    # Whatever is no plain "no" counts as a change.
    return replace(facts, line_state=state, line_class=line_class, sim_changed=swap["swapped"] is not False)


def _parental(answer: dict[str, object]) -> bool | None:
    """Whether the line is under parental control; None when the operator does not say."""
    return {"true": True, "false": False}.get(str(answer.get("parentalControl")).lower())


def _state(answer: dict[str, object]) -> LineState:
    told = [answer.get(name) for name in ("voiceSmsOut", "dataService")]
    if "suspended" in told:
        return "suspended"
    return "active" if "active" in told else "unknown"


def _contract(answer: dict[str, object]) -> LineClass:
    return _CONTRACTS.get(str(answer.get("contractType")), "unknown")


def _is_subscriber(talk: Conversation, id_numbers: Sequence[IdNumber]) -> bool | None:
    """Whether one of the numbers is the subscriber's: a changed UI number may still stand in the old contract."""
    told = None
    for id_number in id_numbers:
        kind = "residence_permit" if id_number.is_foreign else "national_id_card"
        answer = talk.ask("/kyc-match/v0.4/match", {"idDocument": str(id_number), "idDocumentType": kind})
        told = {"true": True, "false": False}.get(str(answer.get("idDocumentMatch")), told)
        if told:
            return True
    return told
