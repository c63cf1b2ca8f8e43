"""The JSON Schema of a rulebook file, for editors that complete and underline."""

from __future__ import annotations

from typing import Any

from townwright.kernel.formula.reader import KINDS, STATUSES
from townwright.kernel.formula.types import DECLARED
from townwright.kernel.values.rounding import MODES

Schema = dict[str, Any]
NAME = r"^[^\W\d]\w*$"
_TEXTS: Schema = {
    "oneOf": [
        {"type": "string"},
        {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}, "additionalProperties": False},
    ]
}
_DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NUMBER: Schema = {"type": ["number", "string"], "pattern": r"^[+-]?[\d_]+(\.[\d_]+)?$"}
_TYPE: Schema = {"type": "string", "pattern": rf"^({'|'.join(DECLARED)})( .+)?$"}
_ROUND: Schema = {"type": "string", "pattern": rf"^({'|'.join(MODES)})( [\d.]+)?$"}


def _object(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    told: Schema = {"type": "object", "properties": properties, "additionalProperties": False, **more}
    return {**told, "required": list(required)} if required else told


def _named(value: Schema, pattern: str = NAME, **more: Any) -> Schema:
    return {"type": ["object", "null"], "patternProperties": {pattern: value}, "additionalProperties": False, **more}


def _dated(value: Schema) -> Schema:
    return {"type": "object", "patternProperties": {_DAY["pattern"]: value}, "additionalProperties": False, "minProperties": 1}


def _entities() -> Schema:
    bounded = _object({"type": _TYPE, "min": _NUMBER, "max": _NUMBER}, ("type",))
    key = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    return _named(_object({"key": key, "period": {"type": "string"}, "columns": _named({"oneOf": [_TYPE, bounded]})}))


def _tables() -> Schema:
    about: Schema = {"label": _TEXTS, "reference": {"type": "string"}, "note": _TEXTS}
    units: Schema = {"unit": {"type": "string"}, "input_unit": {"type": "string"}}
    flag = {"type": "boolean"}
    tier = _object({"from": _NUMBER, "value": _NUMBER, "over": flag}, ("from", "value"))
    bracket = _object({"from": _NUMBER, "rate": _NUMBER, "over": flag}, ("from", "rate"))
    band = _object({"band": {"type": "string"}, "to": _NUMBER}, ("band", "to"))
    years = {"type": "object", "patternProperties": {r"^[1-9]\d*$": _NUMBER}, "additionalProperties": False, "minProperties": 1}
    fewer = _object({"than": {"type": "integer"}, "band": {"type": "string"}}, ("than", "band"))

    def rows(row: Schema) -> Schema:
        return _dated({"type": "array", "items": row, "minItems": 1})

    ranked: Schema = {
        "order": {"enum": ["desc", "asc"]},
        "ties": {"enum": ["up", "down"]},
        "rounding": {"enum": list(MODES)},
        "fewer": fewer,
    }
    return _named(
        {
            "oneOf": [
                _object({"kind": {"const": "tier"}, "values": rows(tier), **units, **about}, ("kind", "values")),
                _object({"kind": {"const": "bracket"}, "values": rows(bracket), **units, **about}, ("kind", "values")),
                _object({"kind": {"const": "by_year"}, "values": _dated(years), **units, **about}, ("kind", "values")),
                _object({"kind": {"const": "bands"}, "values": rows(band), **ranked, **about}, ("kind", "values", "ties", "rounding")),
            ]
        }
    )


def _policy() -> Schema:
    condition = _object(
        {"name": {"type": "string"}, "formula": {"type": ["string", "boolean"]}, "label": _TEXTS, "why_not": _TEXTS}, ("formula",)
    )
    budget = _object(
        {
            "parameter": {"type": "string"},
            "rule": {"enum": ["pro_rata", "priority"]},
            "priority": {"type": "string"},
            "order": {"enum": ["asc", "desc"]},
        },
        ("parameter", "rule"),
    )
    return _object(
        {
            "entity": {"type": "string"}, "eligible": {"type": "array", "items": condition, "minItems": 1}, "amount": {"type": "string"},
            "yearly_cap": {"type": ["string", "null"]}, "budget": budget, "exclusion_group": {"type": ["string", "null"]},
            "beneficiary": _TEXTS, "fiscal_linked": {"type": "boolean"},
        },
        ("entity", "eligible", "amount"),
    )  # fmt: skip


def _variables() -> Schema:
    formula = {"type": ["string", "number", "boolean"]}
    variable = _object(
        {"type": _TYPE, "formula": formula, "label": _TEXTS, "round": _ROUND, "why_not": _TEXTS, "note": _TEXTS}, ("type", "formula")
    )
    return _named(variable, r"^[^\W\d]\w*\.[^\W\d]\w*$")


def _cases() -> Schema:
    rows = {"type": ["array", "null"], "items": {"type": "object"}}
    case = _object(
        {
            "name": {"type": "string"},
            "period": {"type": ["string", "integer"]},
            "on": _DAY,
            "data": {"type": "object", "additionalProperties": rows},
            "expect": {"type": "object"},
        },
        ("name", "period", "data", "expect"),
    )
    return {"type": ["array", "null"], "items": case}


def rulebook_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a rulebook file; dates are strings there."""
    indicator = _object(
        {
            "label": _TEXTS, "unit": {"type": ["string", "integer"]}, "formula": {"type": "string"}, "by": {"type": "array", "items": {"type": "string"}},
            "round": _ROUND, "note": _TEXTS,
        },
        ("formula",),
    )  # fmt: skip
    link = _object({"to": {"type": "string"}, "on": {"type": "string"}, "by": {"type": "string"}}, ("to",))
    parameter = _object(
        {
            "unit": {"type": "string"},
            "label": _TEXTS,
            "reference": {"type": "string"},
            "note": _TEXTS,
            "values": _dated({"oneOf": [_NUMBER, {"type": "null"}]}),
        },
        ("values",),
    )
    classification = _object(
        {"entity": {"type": "string"}, "result": {"type": "string"}, "labels": {"type": "object", "additionalProperties": _TEXTS}},
        ("result",),
    )
    open_day = {"oneOf": [_DAY, {"type": "null"}]}
    properties = {
        "rulebook": {"type": "string"}, "version": {"type": ["string", "number"]}, "kind": {"enum": list(KINDS)}, "status": {"enum": list(STATUSES)},
        "title": _TEXTS, "summary": _TEXTS, "legal_basis": {"type": "array", "items": {"type": "object"}},
        "in_force": _object({"from": open_day, "to": open_day}), "entities": _entities(),
        "links": _named(link, r"^[^\W\d]\w*\.[^\W\d]\w*$"), "parameters": _named(parameter), "tables": _tables(), "variables": _variables(),
        "policy": _policy(), "classification": classification, "indicators": _named(indicator), "cases": _cases(),
        "notes": {"type": "array", "items": _TEXTS},
    }  # fmt: skip
    schema = _object(properties, ("rulebook", "version", "kind", "status", "title", "in_force"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Townwright rulebook", **schema}
