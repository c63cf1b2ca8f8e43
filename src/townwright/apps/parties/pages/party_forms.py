"""Forms on which a party is registered and edited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.domain.industries import EDITIONS
from townwright.apps.parties.services import PartyDetails
from townwright.frame.meanwhile import Change
from townwright.frame.text import in_language

# The order in which the form offers them; people have a form of their own.
KINDS = {
    "firm": gettext_lazy("Firm"), "branch": gettext_lazy("Branch"), "institution": gettext_lazy("Institution"),
    "public_body": gettext_lazy("Public body"), "alliance": gettext_lazy("Alliance"),
}  # fmt: skip


class DayInput(forms.DateInput):
    """A date field of the browser; what is no date stays visible as text, where a date field would show nothing."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Fall back to a text field for what is no date."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        try:
            date.fromisoformat(shown or "2016-12-31")
        except ValueError:
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day as browsers send it or people write it."""

    widget = DayInput

    def __init__(self, **told: Any) -> None:
        told.setdefault("error_messages", {"invalid": gettext_lazy("Write a date as in 2016-12-31.")})
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"], **told)


def labelled(labels: Mapping[str, Mapping[str, str]], more: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return choices in the language in force; codes without a label of their own stand as they are."""
    return [(slug, in_language(label)) for slug, label in labels.items()] + [(slug, slug) for slug in more if slug not in labels]


def editions() -> list[tuple[str, str]]:
    """Return the editions of industry codes as choices."""
    return [(f"{scheme} {edition}", f"{scheme} {edition}") for scheme, edition in EDITIONS]


def _rows(*rows: Iterable[tuple[str, int]]) -> list[Row]:
    """Lay fields out in rows; the number is the width in twelfths on a wide screen."""
    return [Row(*(Column(name, css_class=f"col-md-{width}") for name, width in row)) for row in rows]


class PartyForm(forms.Form):
    """What the forms share: the zone, and a helper that leaves the form tag to the template."""

    def __init__(self, *args: Any, zone: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.zone = zone
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        """Return how the fields lie on the page."""
        return Layout(*self.fields)


class Names(PartyForm):
    """Names of a party that is new."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=300, required=False)
    other_names = forms.CharField(
        label=gettext_lazy("Other names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One name a line."),
    )
    scheme = forms.ChoiceField(label=gettext_lazy("Kind of code"), required=False)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=80, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=500, required=False)

    def details(self) -> PartyDetails:
        """Return what was told, for the verb."""
        told = {name: value for name, value in self.cleaned_data.items() if name in PartyDetails.__dataclass_fields__}
        names = tuple(line.strip() for line in self.cleaned_data["other_names"].splitlines() if line.strip())
        return PartyDetails(**{**told, "other_names": names, **self.more()})

    def more(self) -> dict[str, Any]:
        """Return details that no field tells under its own name."""
        return {}


class RegisterForm(Names):
    """A firm, branch, institution, public body or alliance."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()))
    legal_form = forms.CharField(label=gettext_lazy("Legal form"), max_length=100, required=False)
    registered_on = DayField(label=gettext_lazy("Registered on"), required=False)
    capital = forms.CharField(
        label=gettext_lazy("Registered capital"), max_length=200, required=False,
        help_text=gettext_lazy("As on the licence: 100万元人民币, USD 1,000,000."),
    )  # fmt: skip
    business_scope = forms.CharField(
        label=gettext_lazy("Business scope"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    arrived_on = DayField(label=gettext_lazy("Arrived on"), required=False, help_text=gettext_lazy("Leave empty while it is not here yet."))
    industry_code = forms.CharField(label=gettext_lazy("Industry code"), max_length=10, required=False)
    edition = forms.ChoiceField(label=gettext_lazy("Edition"), required=False)
    industry_from = DayField(label=gettext_lazy("Industry since"), required=False, help_text=gettext_lazy("Empty: since the arrival."))
    # The heading above names them: a label of their own would say it twice.
    tags = forms.MultipleChoiceField(label="", required=False, widget=forms.CheckboxSelectMultiple)
    own_tags = forms.CharField(
        label=gettext_lazy("Tags of our own"), max_length=200, required=False, help_text=gettext_lazy("Parted by commas.")
    )

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["scheme"].choices = labelled(parties.scheme_labels(person=False), parties.schemes_in_use(self.zone, person=False))
        self.fields["edition"].choices = editions()
        self.fields["tags"].choices = labelled(parties.tag_labels())

    def layout(self) -> Layout:
        """Identity first, then the stay, then what the town says of it."""
        return Layout(
            "token",
            Fieldset(
                _("Identity"),
                *_rows(
                    [("kind", 3), ("name", 5), ("name_en", 4)], [("scheme", 3), ("code", 5), ("other_names", 4)],
                    [("legal_form", 3), ("registered_on", 3), ("capital", 6)], [("address", 12)], [("business_scope", 12)],
                ),
            ),
            Fieldset(_("In the zone"), *_rows([("arrived_on", 3), ("industry_code", 3), ("edition", 3), ("industry_from", 3)])),
            Fieldset(_("Tags"), *_rows([("tags", 6), ("own_tags", 6)])),
        )  # fmt: skip

    def more(self) -> dict[str, Any]:
        """Return the edition and the tags, both those ticked and those written."""
        told = self.cleaned_data
        own = [word.strip() for word in re.split(r"[,，;；、]", told["own_tags"]) if word.strip()]
        return {"industry_edition": told["edition"], "tags": (*told["tags"], *own)}


class PersonForm(Names):
    """A person: a name, a number where one is needed, an address."""

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["scheme"].choices = labelled(parties.scheme_labels(person=True), parties.schemes_in_use(self.zone, person=True))
        self.fields["code"].help_text = _("Only where the town needs it: who may see people sees it.")

    def layout(self) -> Layout:
        """Names beside each other."""
        return Layout(
            "token", *_rows([("name", 4), ("name_en", 4), ("other_names", 4)], [("scheme", 4), ("code", 4)], [("address", 12)]),
            HTML(""),
        )  # fmt: skip

    def more(self) -> dict[str, Any]:
        """Say that it is a person."""
        return {"kind": "person"}


class EditForm(PartyForm):
    """Plain facts of a party. Each field carries what it showed, so that only what a person changed is written."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300, help_text=gettext_lazy("The former name is kept as another name."))
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=300, required=False)
    other_name = forms.CharField(label=gettext_lazy("One more name"), max_length=300, required=False)
    legal_form = forms.CharField(label=gettext_lazy("Legal form"), max_length=100, required=False)
    registered_on = DayField(label=gettext_lazy("Registered on"), required=False)
    capital = forms.CharField(
        label=gettext_lazy("Registered capital"), max_length=200, required=False,
        help_text=gettext_lazy("As on the licence: 100万元人民币, USD 1,000,000."),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("Address"), max_length=500, required=False)
    business_scope = forms.CharField(
        label=gettext_lazy("Business scope"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    PERSONAL = ("name", "name_en", "other_name", "address")

    def __init__(self, data: Any = None, *, zone: Any, party: Any) -> None:
        shown = {name: getattr(party, name, "") for name in self.base_fields} | {"capital": party.capital_text, "other_name": ""}
        self.party = party
        super().__init__(data, zone=zone, initial=shown)

    def layout(self) -> Layout:
        """A person's form is shorter; the kind is offered where it can change."""
        offered = {kind: label for kind, label in KINDS.items() if kind != "alliance"}
        if self.party.kind == "person":
            kept = self.PERSONAL
        else:
            kept = tuple(name for name in self.fields if name != "kind" or self.party.kind in offered)
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        if "kind" in self.fields:
            self.fields["kind"].choices = list(offered.items())
        for field in self.fields.values():
            field.show_hidden_initial = True
        rows = [[("kind", 3), ("name", 5), ("name_en", 4)], [("other_name", 4), ("legal_form", 4), ("registered_on", 4)], [("capital", 6)], [("address", 12)], [("business_scope", 12)]]  # fmt: skip
        return Layout(*_rows(*([one for one in row if one[0] in self.fields] for row in rows)))

    def changes(self) -> dict[str, Any]:
        """Return what the person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def seen(self) -> dict[str, Any]:
        """Return what the form showed when it was opened, as far as the browser sent it back."""
        told = {}
        for name, field in self.fields.items():
            bound = self[name]
            if bound.html_initial_name in self.data and name != "other_name":
                try:
                    told[name] = field.to_python(self.data.get(bound.html_initial_name))
                except forms.ValidationError:
                    continue
        return told

    def taken_over(self, changes: Iterable[Change]) -> EditForm:
        """Return the form as it would be, had it been opened now: what the editor typed stays, what only others changed is theirs."""
        data, typed = self.data.copy(), set(self.changed_data)
        for one in changes:
            data[self[one.field].html_initial_name] = one.now
            if one.field not in typed:
                data[self[one.field].html_name] = one.now
        return EditForm(data, zone=self.zone, party=self.party)
