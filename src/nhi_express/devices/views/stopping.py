"""「這不是我」: the page where the stop code of a notice is typed, on any computer or phone, signed in or not."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from nhi_express.core.outbox import STOP_CODE_LENGTH
from nhi_express.core.source import source_of
from nhi_express.devices.forms import FIELD_ERRORS, posted, problem
from nhi_express.devices.rules import code_meant
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration.flows import stopping


class StopForm(forms.Form):
    """A stop code, as a person types it."""

    code = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)

    def clean_code(self) -> str:
        """Twelve characters; what cannot be a code costs no try."""
        meant = code_meant(self.cleaned_data["code"], STOP_CODE_LENGTH)
        if not meant:
            raise problem("STOP_CODE_WRONG")
        return meant


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Type the code; see what will happen; say yes."""
    form = StopForm(posted(request))
    asks = False
    if form.is_bound and form.is_valid():
        try:
            if request.POST.get("sure") == "yes":
                stopping.stop(form.cleaned_data["code"], source_of(request))
                return redirect("/stop/done")
            stopping.told_of(form.cleaned_data["code"], source_of(request))
            asks = True
        except Refused as refusal:
            if refusal.problem is not Problem.STOP_CODE_WRONG:
                raise
            form.add_error("code", refusal.problem.value.at_field)
    return render(request, "devices/stop.html", {"form": form, "asks": asks}, status=400 if form.errors else 200)


@require_GET
def stopped(request: HttpRequest) -> HttpResponse:
    """It is done."""
    return render(request, "devices/stopped.html")
