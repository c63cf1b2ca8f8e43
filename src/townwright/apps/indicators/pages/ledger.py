"""The ledger of published figures: listed with its verdicts, exported, entered."""

from __future__ import annotations

import re
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import UnableToLoadClaims, add_claim, withdraw_claim
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.clock import now
from townwright.frame.doors import Filters, Listing, ListTable, actor_of, badge, choice, show_list, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.terms import short_figure, term, unit_name, word_of
from townwright.frame.text import in_language
from townwright.kernel.formula.units import CURRENCIES, NAMED
from townwright.kernel.values.bound import Bound

UNBROKEN = {"td": {"class": "text-nowrap"}}
WORDS = {"td": {"class": "text"}}
SUM = {"td": {"class": "num"}, "th": {"class": "num"}}
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


class ClaimTable(ListTable):
    """Published figures with their verdicts."""

    system = tables.Column(verbose_name=gettext_lazy("System"), accessor="claim__system")
    uid = tables.Column(verbose_name=gettext_lazy("Key"), accessor="claim__uid")
    claim = tables.Column(verbose_name=gettext_lazy("Claim"), orderable=False, attrs=WORDS)
    quote = tables.Column(verbose_name=gettext_lazy("Words as published"), accessor="claim__quote", attrs=WORDS)
    published = tables.Column(verbose_name=gettext_lazy("Published"), accessor="claim__value", attrs=SUM)
    unit = tables.Column(verbose_name=gettext_lazy("Unit"), accessor="claim__unit")
    as_of = tables.Column(verbose_name=gettext_lazy("As of"), accessor="claim__as_of", attrs=UNBROKEN)
    bound = tables.Column(verbose_name=gettext_lazy("Bound"), accessor="claim__bound")
    measured = tables.Column(verbose_name=gettext_lazy("Measured"), attrs=SUM)
    verdict = tables.Column(verbose_name=gettext_lazy("Verdict"))
    why = tables.Column(verbose_name=gettext_lazy("Why"), orderable=False, attrs=WORDS)
    source = tables.Column(verbose_name=gettext_lazy("Source"), accessor="claim__source", attrs=WORDS)
    speaker = tables.Column(verbose_name=gettext_lazy("Speaker"), accessor="claim__speaker")
    promise = tables.Column(verbose_name=gettext_lazy("Promised for"), accessor="claim__promise_due", attrs=UNBROKEN)
    indicator = tables.Column(verbose_name=gettext_lazy("Measured by"), accessor="claim__indicator")

    hidden = ("uid", "quote", "unit", "source", "speaker", "promise", "indicator")

    def __init__(self, *told: Any, frozen: Any, may_edit: bool, **options: Any) -> None:
        self.frozen, self.may_edit = frozen, may_edit
        super().__init__(*told, **options)

    def value_claim(self, record: Any) -> str:
        """Say what the figure is of."""
        return in_language(record.claim.label)

    def render_claim(self, record: Any) -> str:
        """Say what the figure is of, in whose words, and whether it is derived from another; offer to withdraw it."""
        claim = record.claim
        derived = format_html(' <span class="badge bg-orange-lt">{}</span>', _("derived")) if claim.derived_from else ""
        address = reverse("claim-withdraw", args=[self.request.zone.code, claim.pk])
        withdraw = format_html('<a class="small" href="{}">{}</a>', address, _("Withdraw")) if self.may_edit else ""
        return format_html('{}{}<div class="text-secondary">{}</div>{}', in_language(claim.label), derived, claim.quote, withdraw)

    def render_published(self, record: Any) -> str:
        """Show the figure as people read it, and as it was printed where that differs."""
        shown = short_figure(record.claim.value, record.claim.unit, get_language() or "en")
        if not record.claim.printed or record.claim.printed == shown:
            return shown
        return format_html('{}<div class="text-secondary">{}</div>', shown, record.claim.printed)

    def value_bound(self, record: Any) -> str:
        """Say how firmly it was stated."""
        return term("bound", record.claim.bound, get_language() or "en")

    render_bound = value_bound

    def render_measured(self, record: Any) -> str:
        """Show what was measured, and open it."""
        shown = short_figure(record.measured, record.claim.unit, get_language() or "en")
        if not record.claim.indicator or record.measured is None:
            return shown
        address = reverse("figure", args=[self.request.zone.code, record.claim.indicator])
        return format_html('<a href="{}?snapshot={}">{}</a>', address, self.frozen.pk, shown)

    def value_verdict(self, record: Any) -> str:
        """Name the verdict in the reader's language."""
        return term("verdict", record.verdict, get_language() or "en")

    def render_verdict(self, record: Any) -> str:
        """Show the verdict in its colour."""
        return badge(record.verdict, self.value_verdict(record))

    def value_why(self, record: Any) -> str:
        """Say why."""
        return in_language(record.why)

    render_why = value_why


class ClaimFilters(Filters):
    """What the ledger can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Words, source or system"))
    verdict = choice(gettext_lazy("Verdict"), (), gettext_lazy("All verdicts"))

    def prepare(self) -> None:
        """Name the verdicts."""
        self.fields["verdict"].choices += [(one, term("verdict", one, self.language)) for one in indicators.VERDICTS]


@zone_page("figures.view")
def claims(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the ledger of published figures with its verdicts."""
    frozen = snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""))

    def rows(**told: str) -> Any:
        return indicators.reconciliations(zone, frozen, **told) if frozen else []

    may_edit = may(request.user, "claims.edit", zone)
    listing = Listing(
        "claims", ClaimTable, rows, filters=ClaimFilters, export="figures.export", options={"frozen": frozen, "may_edit": may_edit},
        empty=gettext_lazy("Nothing reconciled yet. Close a period first."),
    )  # fmt: skip
    context = {
        "frozen": frozen, "may_edit": may_edit, "waiting": indicators.unreconciled(zone, frozen), "withdrawn": indicators.withdrawn(zone),
    }  # fmt: skip
    return show_list(request, zone, listing, "indicators/claims.html", context)
