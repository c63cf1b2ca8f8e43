"""Which datasets can be imported, and who takes them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from townwright.apps.filings.selectors import UnknownDataset, definitions
from townwright.apps.filings.services import FilingHandler
from townwright.apps.parties.services import AllianceHandler, RegistryHandler
from townwright.apps.zones.services import OverseasHandler
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
        near = get_close_matches(name, dataset_names(), n=1)
        raise UnknownDataset(
            f"There is no dataset {name!r}." + (f" Did you mean {near[0]!r}?" if near else "") + f" There is {', '.join(dataset_names())}."
        )
    return FilingHandler(name, zone.currency)
