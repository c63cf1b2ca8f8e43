"""The columns that a rulebook needs against those that a snapshot offers."""

from __future__ import annotations

from collections.abc import Mapping

from townwright.kernel.formula.findings import ERROR, Place, RulebookFinding
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.rulebook import Rulebook
from townwright.kernel.formula.types import NUMBER, Type
from townwright.kernel.values.offer import ColumnOffer, TableOffer


def check_offers(book: Rulebook, offers: Mapping[str, TableOffer]) -> list[RulebookFinding]:
    """Return an error for each table or column that is not offered, or is of another type or unit."""
    findings = []
    place = Place(book.source, 1)
    for entity in book.entities.values():
        offer = offers.get(entity.name)
        if offer is None:
            findings.append(RulebookFinding.of(ERROR, place, "offer-table", entity=entity.name, hint=suggestion(entity.name, offers)))
            continue
        for name, type_ in entity.columns.items():
            column = offer.column(name)
            if column is None:
                hint = suggestion(name, [one.name for one in offer.columns])
                findings.append(RulebookFinding.of(ERROR, place, "offer-column", entity=entity.name, name=name, hint=hint))
            elif not _fits(column, type_):
                words = {"entity": entity.name, "name": name, "kind": column.kind, "unit": column.unit, "wanted": type_.said()}
                findings.append(RulebookFinding.of(ERROR, place, "offer-type", **words))
    return findings


def _fits(column: ColumnOffer, type_: Type) -> bool:
    kind = NUMBER if column.kind in ("int", "money", "number") else column.kind
    unit = str(type_.unit)
    if kind != type_.kind:
        return False
    return kind != NUMBER or column.unit in (None, unit) or (unit == "ratio" and column.unit in ("1", ""))
