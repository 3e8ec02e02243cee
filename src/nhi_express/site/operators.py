"""The list of mobile operators in the back office: only this room may know both its staff and the operators.

Names and days are edited here. Issuer and addresses, which decide whose word on a line is believed, are set by whoever
runs the machine (`nhi-express operators load`).
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core import clock
from nhi_express.counter.content_forms import PlannedForm
from nhi_express.counter.flows import content
from nhi_express.counter.flows.content import Deed, Target
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.rules import Content, Edit, Power
from nhi_express.counter.views.content import HOME, Way, edited, past, seen_in
from nhi_express.counter.views.duty import on_duty, page
from nhi_express.devices.forms import posted
from nhi_express.mobile import flows as mobile
from nhi_express.mobile.forms import OperatorForm
from nhi_express.mobile.models import Operator
from nhi_express.mobile.rules import listed

_LIST: Final = f"{HOME}operators/"


class EditOperatorForm(OperatorForm, PlannedForm):
    """An operator, what its editor has seen, and from which day it is to be so."""


@on_duty(Power.CONTENT)
@require_GET
def every(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """All operators, with who is on the list today."""
    rows = [row_of(operator) for operator in mobile.operators()]
    return page(request, who, "site/operators.html", {"rows": rows, "past": past(Content.OPERATOR)})


def row_of(operator: Operator) -> dict[str, object]:
    """An operator as the list shows it."""
    return {"operator": operator, "listed": listed(operator.entry(), clock.today())}


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """An operator, to be changed."""
    operator = mobile.find_operator(code)
    before = {name: getattr(operator, name) for name in OperatorForm.base_fields}
    seen = content.seen(Content.OPERATOR, code)
    form = EditOperatorForm(posted(request), initial={**before, "seen": seen}, known=code)

    def keep() -> None:
        columns = dict(form.cleaned_data)
        target, effective = Target(Content.OPERATOR, code, columns.pop("seen")), columns.pop("effective")
        deed = Deed(Edit.CHANGED, before, columns)
        content.keep(who, target, deed, effective, lambda: mobile.keep_operator(code, columns))

    others = [other for other in mobile.operators() if other.code != code]
    plan = content.planned(Content.OPERATOR, code)
    about = {"operator": operator, "others": others, "plan": plan, "past": past(Content.OPERATOR, code)}
    way = Way("site/operator.html", "site/operator_preview.html", _LIST, lambda: form.cleaned_data, keep, about)
    return edited(request, who, form, way)


@on_duty(Power.CONTENT)
@require_POST
def withdraw(request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """Take back what is planned for an operator."""
    content.withdraw(who, Target(Content.OPERATOR, mobile.find_operator(code).code, seen_in(request)))
    return redirect(f"{_LIST}{code}")


def begin_planned() -> int:
    """Let planned changes of operators begin, once their day has come. Returns how many."""
    return content.begin_planned(Content.OPERATOR, mobile.keep_operator)
