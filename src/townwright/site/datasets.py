"""Which datasets can be imported, and who takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.filings.selectors import UnknownDataset, definitions
from townwright.apps.filings.services import FilingHandler
from townwright.apps.parties.services import AllianceHandler, RegistryHandler
from townwright.apps.zones.services import OverseasHandler
from townwright.frame.hints import hint
from townwright.frame.workbooks.forms import SheetForm
from townwright.frame.workbooks.pipeline import ImportHandler


def dataset_names() -> list[str]:
    """Return the names that an import can be given."""
    return ["registry", "alliance-members", "overseas-zones", *definitions()]


def dataset_titles() -> dict[str, Mapping[str, str]]:
    """Return the names that an import can be given, with what each is called in both languages."""
    forms = (RegistryHandler.form, AllianceHandler.form, OverseasHandler.form)
    return {**{one.name: one.title for one in forms}, **{name: told.title for name, told in definitions().items()}}


def handler_for(name: str, zone: Any) -> ImportHandler:
    """Return who takes a dataset.

    Raises:
        UnknownDataset: there is none of that name; near names are suggested.
    """
    if name == "registry":
        return RegistryHandler()
    if name == "alliance-members":
        return AllianceHandler()
    if name == "overseas-zones":
        return OverseasHandler()
    if name not in definitions():
        raise UnknownDataset(_("There is no dataset %(name)s.") % {"name": name} + hint(name, dataset_names()))
    return FilingHandler(name, zone.currency)


def forms(zone: Any) -> list[SheetForm]:
    """Return the forms of all datasets in the zone: what a file that was brought as the wrong one may be."""
    return [handler_for(name, zone).form for name in dataset_names()]
