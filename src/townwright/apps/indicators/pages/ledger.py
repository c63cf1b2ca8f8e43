"""The ledger of published figures: listed with its verdicts, exported, entered."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import UnableToLoadClaims, add_claim, withdraw_claim
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, export, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.terms import term, unit_name, word_of
from townwright.frame.text import in_language
from townwright.kernel.formula.units import CURRENCIES, NAMED
from townwright.kernel.values.bound import Bound

_AS_OF = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


def _units(currency: str, language: str) -> list[tuple[str, str]]:
    """Return the units that a figure may be entered in: those that are printed most, with their multiples, first."""
    money, area, people = (unit_name(one, language) for one in (currency, "m2", "person"))
    bare = {"1": _("a bare number"), "ratio": _("ratio (0.58 for 58%)")}
    often = [
        *bare.items(), (currency, money), (f"万{currency}", _("10,000 %(unit)s") % {"unit": money}),
        (f"亿{currency}", _("100 million %(unit)s") % {"unit": money}), ("m2", area), ("亩", _("mu (kept in m²)")),
        ("万m2", _("10,000 %(unit)s") % {"unit": area}), ("person", people), ("万person", _("10,000 %(unit)s") % {"unit": people}),
    ]  # fmt: skip
    rest = [one for one in (*sorted(NAMED), *sorted(CURRENCIES)) if one not in dict(often)]
    return [*often, *((one, f"{unit_name(one, language)} ({one})") for one in rest)]


class ClaimForm(forms.Form):
    """One published figure as it was told: the words, the number, and how firmly it was stated."""

    label_zh = forms.CharField(label=gettext_lazy("What it is (Chinese)"), max_length=100)
    label_en = forms.CharField(label=gettext_lazy("What it is (English)"), max_length=100)
    quote = forms.CharField(label=gettext_lazy("Words as published"), max_length=200)
    value = forms.DecimalField(label=gettext_lazy("Value"), max_digits=24, decimal_places=6)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), help_text=gettext_lazy("As it was printed; the ledger keeps it in the base unit, exactly.")
    )
    step = forms.DecimalField(
        label=gettext_lazy("Step of the last printed digit"), max_digits=24, decimal_places=6, min_value=0, required=False,
        help_text=gettext_lazy("In the same unit. Left empty, it is that of the last digit: 0.01 for 3.36."),
    )  # fmt: skip
    bound = forms.ChoiceField(label=gettext_lazy("Bound"))
    as_of = forms.RegexField(_AS_OF, label=gettext_lazy("As of"), help_text=gettext_lazy("2016, 2016-12 or 2016-12-31"))
    source = forms.CharField(label=gettext_lazy("Source"), max_length=300)
    published = forms.CharField(label=gettext_lazy("Published on"), max_length=20, required=False)
    speaker = forms.CharField(label=gettext_lazy("Speaker"), max_length=100, required=False)
    promise = forms.DateField(
        label=gettext_lazy("Promised for"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Only where the figure is a promise about a later day"),
    )  # fmt: skip
    indicator = forms.ChoiceField(label=gettext_lazy("Measured by"), required=False)
    system = forms.CharField(label=gettext_lazy("System"), max_length=5, required=False)

    def __init__(self, *args: Any, zone: Any, language: str, period: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word = word_of(language)
        self.fields["bound"].choices = [(one.value, term("bound", one.value, language)) for one in Bound]
        self.fields["unit"].choices = _units(zone.currency, language)
        measured = [
            (code, compiled.book.variables["zone", code].label.get(word) or code)
            for compiled in indicators.compiled_for(zone, period)
            for code in compiled.book.indicators
        ]
        self.fields["indicator"].choices = [("", _("nothing here measures it")), *measured]

    def row(self) -> dict[str, Any]:
        """Return the claim as a pack would tell it; its uid follows from what it says and when."""
        told = self.cleaned_data
        name = re.sub(r"[^a-z0-9]+", "-", told["label_en"].lower()).strip("-")[:50] or "claim"
        return {
            **{part: told[part] for part in ("quote", "bound", "unit", "as_of", "source", "published", "speaker", "indicator", "system")},
            "uid": f"{name}-{told['as_of']}", "label": {"zh": told["label_zh"], "en": told["label_en"]}, "value": str(told["value"]),
            "step": None if told["step"] is None else str(told["step"]), "promise": told["promise"].isoformat() if told["promise"] else None,
        }  # fmt: skip


@zone_page("claims.edit")
def claim_form(request: HttpRequest, zone: Any) -> HttpResponse:
    """Enter a published figure."""
    told = {"zone": zone, "language": request.LANGUAGE_CODE, "period": f"{now().year}"}
    form = ClaimForm(request.POST or None, **told)
    if request.method == "POST" and form.is_valid():
        try:
            row = form.row()
            row["uid"] = indicators.free_uid(zone, row["uid"])
            add_claim(zone=zone, row=row, actor=actor_of(request), at=now())
        except UnableToLoadClaims as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The claim stands in the ledger; the next close or reconciliation gives its verdict."))
            return redirect("claims", zone.code)
    return render(request, "indicators/claim_form.html", {"form": form})


class WithdrawalForm(forms.Form):
    """Why a claim is withdrawn."""

    reason = forms.CharField(label=gettext_lazy("Why it is withdrawn"), max_length=300)


@zone_page("claims.edit")
def claim_withdraw(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Ask for the reason, and withdraw a published figure from the ledger."""
    claim = get_object_or_404(indicators.claims(zone), pk=pk)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rows = withdraw_claim(zone=zone, uid=claim.uid, reason=form.cleaned_data["reason"], actor=actor_of(request), at=now())
        told = {"claims": _(", ").join(in_language(row.label) for row in rows)}
        messages.success(request, _("Withdrawn: %(claims)s. It stays in the ledger as withdrawn.") % told)
        return redirect("claims", zone.code)
    return render(request, "indicators/claim_withdraw.html", {"form": form, "claim": claim})


@zone_page("figures.view")
def claims(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the ledger of published figures with its verdicts."""
    frozen = snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""))
    if request.GET.get("export") and frozen is not None:
        if not may(request.user, "figures.export", zone):
            raise PermissionDenied("figures.export")
        told = indicators.reconciliation_rows(zone, frozen, request.LANGUAGE_CODE)
        columns = list(told[0]) if told else ["system", "claim"]
        return export(request, zone, "claims", columns, ([row[column] for column in columns] for row in told))
    chosen = {key: request.GET.get(key, "") for key in ("q", "verdict")}
    context = {
        "rows": indicators.reconciliations(zone, frozen, **chosen) if frozen else [], "frozen": frozen, "chosen": chosen,
        "verdicts": indicators.VERDICTS, "may_edit": may(request.user, "claims.edit", zone), "waiting": indicators.unreconciled(zone, frozen),
        "withdrawn": indicators.withdrawn(zone),
    }  # fmt: skip
    return render(request, "indicators/claims.html", context)
