"""The list of mobile operators in the back office: only this room may know both its staff and the operators."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from nhi_express.core import clock
from nhi_express.counter.content_forms import EditForm
from nhi_express.counter.flows import content
from nhi_express.counter.flows.content import Target
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.rules import Content, Edit, Power
from nhi_express.counter.views.content import HOME, Way, edited, past
from nhi_express.counter.views.duty import on_duty, page
from nhi_express.devices.forms import posted
from nhi_express.mobile import flows as mobile
from nhi_express.mobile.forms import OperatorForm
from nhi_express.mobile.models import Operator
from nhi_express.mobile.rules import listed

_LIST: Final = f"{HOME}operators/"


class EditOperatorForm(OperatorForm, EditForm):
    """An operator, and what its editor has seen."""


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
    """An operator, to be changed or added."""
    operator = None if code == "new" else mobile.find_operator(code)
    form = EditOperatorForm(posted(request), initial=_initial(operator), known=operator.code if operator else "")

    def keep() -> None:
        columns = dict(form.cleaned_data)
        target = Target(Content.OPERATOR, columns["code"], columns.pop("seen"))
        edit = Edit.CHANGED if operator else Edit.ADDED
        content.change(who, target, edit, lambda: mobile.keep_operator(columns))

    others = [other for other in mobile.operators() if other.code != code]
    about = {"operator": operator, "others": others, "past": past(Content.OPERATOR, code) if operator else []}
    way = Way("site/operator.html", "site/operator_preview.html", _LIST, lambda: form.cleaned_data, keep, about)
    return edited(request, who, form, way)


def _initial(operator: Operator | None) -> dict[str, object]:
    if operator is None:
        return {"seen": 0, "valid_from": clock.today().isoformat()}
    told = {name: getattr(operator, name) for name in OperatorForm.base_fields}
    return {**told, "seen": content.seen(Content.OPERATOR, operator.code)}
