"""The living page of the design system: every component with a sample, for the people who build pages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from townwright.frame.doors.forms import laid_out

AT = datetime(2017, 1, 20, 1, 0, tzinfo=UTC)
COLOURS = ("--tw-good", "--tw-odd", "--tw-bad", "--tw-new", "--tw-plain", "--tw-sample", "--tw-link", "--tblr-primary", *(f"--tw-chart-{one}" for one in range(1, 7)))  # fmt: skip
MARKS = ("approved", "agrees", "proposed", "submitted", "undecided", "returned", "conflicts", "refused", "rejected", "sample")
SPACES = ("--tw-space-1", "--tw-space-2", "--tw-space-3", "--tw-space-4", "--tw-space-5")


class SampleForm(forms.Form):
    """A form with a unit behind a field, and something to be wrong about."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    revenue = forms.DecimalField(label=gettext_lazy("Revenue"), min_value=0, help_text=gettext_lazy("Of the year, without tax"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("firm", gettext_lazy("Firm")), ("branch", gettext_lazy("Branch"))])
    agreed = forms.BooleanField(label=gettext_lazy("Checked with the firm"))

    def __init__(self, *told: Any, **options: Any) -> None:
        super().__init__(*told, **options)
        self.helper = laid_out(self, units={"revenue": _("10,000 yuan")})


def _node(zh: str, en: str, value: str, text: str, *children: Any) -> Any:
    return SimpleNamespace(
        label={"zh": zh, "en": en},
        shown=lambda _language: value,
        text=text,
        rounding="",
        rows=None,
        note=None,
        parameter=None,
        children=children,
    )


def _samples() -> dict[str, Any]:
    half = _node("年租金", "Yearly rent", "1,200,000", "SUM(leases.rent)")
    return {
        "steps": [(_("Upload"), "done"), (_("Preview"), "now"), (_("Land"), "next")],
        "tree": _node("租金补贴", "Rent relief", "600,000", "LEAST(rent * 0.5, :cap)", half, _node("上限", "Cap", "800,000", ":cap")),
        "entries": [
            {"at": AT, "title": _("Accepted"), "by": "Li Mei", "text": _("All questions were answered.")},
            {"at": AT, "title": _("Submitted"), "by": "Zhang Wei", "text": ""},
        ],
        "bars": ((_("Year"), _("Output, 100 million yuan"), _("Tax, 100 million yuan")), [("2014", Decimal("12.4"), Decimal("0.8")), ("2015", Decimal("21.5"), Decimal("2.13")), ("2016", None, Decimal("3.36"))]),
        "shares": ((_("Size"), _("Firms")), [(_("Large"), 12), (_("Medium"), 58), (_("Small"), 231), (_("Micro"), 180)]),
        "places": (
            (_("Place"), _("Firms"), _("Longitude"), _("Latitude")),
            [("A", 120, Decimal("120.08"), Decimal("30.13")), ("B", 61, Decimal("120.11"), Decimal("30.15")), ("C", 18, Decimal("120.06"), Decimal("30.17"))],
        ),
        "colours": COLOURS, "spaces": SPACES, "marks": MARKS,
    }  # fmt: skip


@staff_member_required(login_url="sign-in")
def design(request: HttpRequest) -> HttpResponse:
    """Show every component; the form and the toast answer."""
    form = SampleForm(request.POST if "name" in request.POST else None)
    if request.htmx and request.POST.get("do") == "toast":
        return trigger_client_event(HttpResponse(status=204), "toast", [{"level": "success", "text": _("Saved.")}])
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("Saved."))
        return redirect("design")
    return render(request, "townwright/design.html", {"form": form, **_samples()})


@staff_member_required(login_url="sign-in")
def drawer_sample(request: HttpRequest) -> HttpResponse:
    """Give the drawer something to show."""
    return render(request, "townwright/design_drawer.html", _samples())
