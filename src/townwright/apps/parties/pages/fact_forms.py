"""Small forms on a party's file, one a verb: each reads what a person typed and makes one service call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from townwright.apps.parties import selectors as parties
from townwright.apps.parties import services
from townwright.apps.parties.pages.party_forms import DayField, editions, labelled
from townwright.frame.actors import Actor
from townwright.frame.text import in_language


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a form stands: the zone, the party, today there, and whether the user may relate people."""

    zone: Any
    party: Any
    today: date
    people: bool


class FactForm(forms.Form):
    """Base: ``verb`` stands in the address, ``row`` names the fact that is to end, where the verb ends one."""

    verb: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    button: ClassVar[Any] = gettext_lazy("Save")
    done: ClassVar[Any] = gettext_lazy("Saved.")
    row = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)

    def __init__(self, data: Any = None, *, seat: Seat, row: str = "") -> None:
        self.seat = seat
        told = data.get("row", "") if data is not None else row
        # The same form stands on the page once a fact: the fact's name keeps the fields apart.
        super().__init__(data, initial={"row": row}, auto_id=f"{self.verb}-{told}-%s" if told else f"{self.verb}-%s")
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices."""

    def run(self, actor: Actor, at: datetime) -> None:
        """Call the verb with what was typed."""
        raise NotImplementedError

    def whom(self, actor: Actor, at: datetime) -> dict[str, Any]:
        """Return what every verb is told."""
        return {"zone": self.seat.zone, "party": self.seat.party, "actor": actor, "at": at}


def _one_of(told: str, known: Iterable[Any]) -> Any:
    """Return the one of the known that was told. The page named it, so that another one was put there by hand."""
    found = next((one for one in known if str(one) == told), None)
    if found is None:
        raise forms.ValidationError(gettext_lazy("The party has no such fact."))
    return found


class TagForm(FactForm):
    """Put a tag on."""

    verb, title, done = "tag", gettext_lazy("Add a tag"), gettext_lazy("The tag is put on.")
    tag = forms.CharField(
        label=gettext_lazy("Tag"), max_length=60, widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"})
    )
    from_on = DayField(label=gettext_lazy("From"))
    to_on = DayField(label=gettext_lazy("First day without"), required=False)

    def prepare(self) -> None:
        """Begin with today."""
        self.fields["from_on"].initial = self.seat.today

    def run(self, actor: Actor, at: datetime) -> None:
        """Put the tag on."""
        told = self.cleaned_data
        services.tag_party(**self.whom(actor, at), tag=told["tag"], from_on=told["from_on"], to_on=told["to_on"])


class EndTagForm(FactForm):
    """Take a tag off."""

    verb, title, button, done = "end-tag", gettext_lazy("Take off"), gettext_lazy("Take off"), gettext_lazy("The tag is taken off.")
    to_on = DayField(label=gettext_lazy("First day without"))

    def run(self, actor: Actor, at: datetime) -> None:
        """Take the tag off."""
        services.end_tag(**self.whom(actor, at), tag=self.cleaned_data["row"], to_on=self.cleaned_data["to_on"])


class IndustryForm(FactForm):
    """Set the industry from a date."""

    verb, title, done = "industry", gettext_lazy("Set the industry"), gettext_lazy("The industry is set.")
    industry_code = forms.CharField(label=gettext_lazy("Industry code"), max_length=10)
    edition = forms.ChoiceField(label=gettext_lazy("Edition"))
    from_on = DayField(label=gettext_lazy("From"))

    def prepare(self) -> None:
        """Offer the editions; begin with today."""
        self.fields["edition"].choices = editions()
        self.fields["from_on"].initial = self.seat.today

    def run(self, actor: Actor, at: datetime) -> None:
        """Set the industry."""
        told = self.cleaned_data
        services.set_industry(**self.whom(actor, at), code=told["industry_code"], edition=told["edition"], from_on=told["from_on"])


class CodeForm(FactForm):
    """Add an identifier."""

    verb, title, done = "code", gettext_lazy("Add a code"), gettext_lazy("The code is added.")
    scheme = forms.ChoiceField(label=gettext_lazy("Kind of code"))
    code = forms.CharField(label=gettext_lazy("Code"), max_length=80)

    def prepare(self) -> None:
        """Offer the schemes of the party's sort."""
        person = self.seat.party.kind == "person"
        self.fields["scheme"].choices = labelled(
            parties.scheme_labels(person=person), parties.schemes_in_use(self.seat.zone, person=person)
        )

    def run(self, actor: Actor, at: datetime) -> None:
        """Add the code."""
        services.add_identifier(**self.whom(actor, at), scheme=self.cleaned_data["scheme"], code=self.cleaned_data["code"])


class AcceptForm(FactForm):
    """Accept a code that fails its check."""

    verb, title, button, done = "accept", gettext_lazy("Accept the code"), gettext_lazy("Accept"), gettext_lazy("The code is accepted.")
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def clean_row(self) -> int:
        """Return the number of a code of this party."""
        return _one_of(self.cleaned_data["row"], (one.pk for one in self.seat.party.identifiers.order_by("id")))

    def run(self, actor: Actor, at: datetime) -> None:
        """Accept the code."""
        services.accept_identifier_warning(
            zone=self.seat.zone, identifier_id=self.cleaned_data["row"], reason=self.cleaned_data["reason"], actor=actor, at=at
        )


class ArriveForm(FactForm):
    """Record an arrival."""

    verb, title, done = "arrive", gettext_lazy("Record an arrival"), gettext_lazy("The arrival is recorded.")
    arrived_on = DayField(label=gettext_lazy("Arrived on"))
    left_on = DayField(label=gettext_lazy("First day outside"), required=False, help_text=gettext_lazy("Only for a stay that is over."))

    def prepare(self) -> None:
        """Begin with today."""
        self.fields["arrived_on"].initial = self.seat.today

    def run(self, actor: Actor, at: datetime) -> None:
        """Record the arrival."""
        services.arrive(**self.whom(actor, at), arrived_on=self.cleaned_data["arrived_on"], left_on=self.cleaned_data["left_on"])


class LeaveForm(FactForm):
    """Record leaving."""

    verb, title, done = "leave", gettext_lazy("Record leaving"), gettext_lazy("The leaving is recorded.")
    left_on = DayField(label=gettext_lazy("First day outside"))

    def run(self, actor: Actor, at: datetime) -> None:
        """Record the leaving."""
        services.leave(**self.whom(actor, at), left_on=self.cleaned_data["left_on"])


class RelateForm(FactForm):
    """Relate the party to another."""

    verb, title, done = "relate", gettext_lazy("Add a relation"), gettext_lazy("The relation is recorded.")
    kind = forms.ChoiceField(label=gettext_lazy("Relation"))
    other = forms.CharField(
        label=gettext_lazy("Other party"), max_length=300, help_text=gettext_lazy("Whole name, code or key of a party on record.")
    )
    from_on = DayField(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: since before anybody noted."))
    to_on = DayField(label=gettext_lazy("First day without"), required=False)

    def prepare(self) -> None:
        """Offer the relations in which the party can stand, read from its side."""
        mine, unseen = self.seat.party.kind, set() if self.seat.people else {"person"}
        offered = []
        for code, kind in parties.relation_kinds().items():
            offered += [(f"{code}:first", in_language(kind.label))] if mine in kind.first and kind.second - unseen else []
            offered += [(f"{code}:second", in_language(kind.back))] if mine in kind.second and kind.first - unseen else []
        self.fields["kind"].choices = offered

    def clean_other(self) -> Any:
        """Return the other party."""
        try:
            return parties.party_by_ref(self.seat.zone, self.cleaned_data["other"], people=self.seat.people)
        except parties.UnknownParty as fault:
            raise forms.ValidationError(str(fault)) from fault

    def run(self, actor: Actor, at: datetime) -> None:
        """Relate the two, each on its side."""
        told = self.cleaned_data
        kind, side = told["kind"].split(":")
        first, second = (self.seat.party, told["other"]) if side == "first" else (told["other"], self.seat.party)
        services.relate(
            zone=self.seat.zone, first=first, second=second, kind=kind, from_on=told["from_on"], to_on=told["to_on"], actor=actor, at=at
        )


class EndRelationForm(FactForm):
    """End a relation."""

    verb, title, button, done = "end-relation", gettext_lazy("End"), gettext_lazy("End"), gettext_lazy("The relation is ended.")
    to_on = DayField(label=gettext_lazy("First day without"))

    def clean_row(self) -> int:
        """Return the number of a relation of this party, of those that the user may touch."""
        seen = parties.relation_rows(self.seat.party, at=self.seat.today, people=self.seat.people)
        return _one_of(self.cleaned_data["row"], (one.pk for one in seen))

    def run(self, actor: Actor, at: datetime) -> None:
        """End the relation."""
        services.end_relation(
            zone=self.seat.zone, relation_id=self.cleaned_data["row"], to_on=self.cleaned_data["to_on"], actor=actor, at=at
        )


class JoinForm(FactForm):
    """Join an alliance."""

    verb, title, done = "join", gettext_lazy("Join an alliance"), gettext_lazy("The membership is recorded.")
    alliance = forms.ChoiceField(label=gettext_lazy("Alliance"))
    joined_on = DayField(label=gettext_lazy("Joined on"))
    left_on = DayField(label=gettext_lazy("First day outside"), required=False)
    founder = forms.BooleanField(label=gettext_lazy("Founder"), required=False)

    def prepare(self) -> None:
        """Offer the zone's alliances; begin with today."""
        self.alliances = {one.key: one for one in parties.alliances_of(self.seat.zone)}
        self.fields["alliance"].choices = [(key, one.name) for key, one in self.alliances.items()]
        self.fields["joined_on"].initial = self.seat.today

    def run(self, actor: Actor, at: datetime) -> None:
        """Join the alliance."""
        told = {name: self.cleaned_data[name] for name in ("joined_on", "left_on", "founder")}
        services.join_alliance(**self.whom(actor, at), alliance=self.alliances[self.cleaned_data["alliance"]], **told)


class LeaveAllianceForm(FactForm):
    """Leave an alliance."""

    verb, title, button, done = "leave-alliance", gettext_lazy("End"), gettext_lazy("End"), gettext_lazy("The membership is ended.")
    left_on = DayField(label=gettext_lazy("First day outside"))

    def clean_row(self) -> Any:
        """Return the alliance."""
        found = {one.key: one for one in parties.alliances_of(self.seat.zone)}
        return found[_one_of(self.cleaned_data["row"], found)]

    def run(self, actor: Actor, at: datetime) -> None:
        """Leave the alliance."""
        services.leave_alliance(**self.whom(actor, at), alliance=self.cleaned_data["row"], left_on=self.cleaned_data["left_on"])


class WithdrawForm(FactForm):
    """Withdraw a fact that was entered by mistake; ``row`` is its sort and number, as in ``stay-12``."""

    verb, title, button = "withdraw", gettext_lazy("Entered by mistake"), gettext_lazy("Withdraw")
    done = gettext_lazy("The fact is withdrawn; the audit trail keeps it.")
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def clean_row(self) -> tuple[str, int]:
        """Return sort and number of a fact that stands on this page."""
        fact, _dash, number = self.cleaned_data["row"].partition("-")
        if fact == "relation":
            _one_of(number, (one.pk for one in parties.relation_rows(self.seat.party, at=self.seat.today, people=self.seat.people)))
        if not number.isdecimal() or parties.fact_of(self.seat.zone, self.seat.party, fact, int(number)) is None:
            raise forms.ValidationError(gettext_lazy("The party has no such fact."))
        return fact, int(number)

    def run(self, actor: Actor, at: datetime) -> None:
        """Withdraw the fact."""
        fact, number = self.cleaned_data["row"]
        services.withdraw_fact(**self.whom(actor, at), fact=fact, number=number, reason=self.cleaned_data["reason"])


FORMS = {
    one.verb: one
    for one in (
        TagForm, EndTagForm, IndustryForm, CodeForm, AcceptForm, ArriveForm, LeaveForm, RelateForm, EndRelationForm, JoinForm, LeaveAllianceForm, WithdrawForm,
    )
}  # fmt: skip
# Which verbs stand on whose file.
_BODY = ("tag", "industry", "code", "arrive", "leave", "relate", "join")
OFFERED = {"firm": _BODY, "branch": _BODY, "institution": _BODY, "public_body": _BODY, "alliance": ("tag", "code", "relate"), "person": ("code", "relate")}  # fmt: skip
