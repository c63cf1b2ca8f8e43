"""Why a whole town was judged so: one compact Arrow table, by whole columns.

A row holds the verdict, the numbers of the things asked for that fail (the fewest that would have to change), by how much
each is missed, and the numbers of the inputs that are missing. What the numbers stand for is told once, in the legend.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from townwright.kernel.formula.blame import Blame
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.evaluation import UNDECIDED, evaluate
from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.needs_tree import Atom
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import NUMBER
from townwright.kernel.formula.whynot import figure_label
from townwright.kernel.formula.wording import gap_sentence

PLACES = 6
_GAP = pa.decimal128(38, PLACES)
_META = b"townwright.explanations"


@dataclass(frozen=True, slots=True)
class Explanations:
    """The table (key, verdict, failing, gaps, missing) and its legend."""

    table: pa.Table
    legend: Mapping[str, Any]

    def reasons(self, key: str, language: str) -> list[str]:
        """Return one row's explanation in words, without judging it anew.

        Raises:
            UnableToEvaluate: the table holds no such row.
        """
        word = "zh" if language.startswith("zh") else "en"
        place = self.table.column("key").to_pylist().index(key) if key in set(self.table.column("key").to_pylist()) else -1
        if place < 0:
            raise UnableToEvaluate("explained-row", key=key)
        row = self.table.slice(place, 1).to_pylist()[0]
        told = [
            gap_sentence(self.legend["asked"][number], None if gap is None else Fraction(gap), word)
            for number, gap in zip(row["failing"], row["gaps"], strict=True)
        ]
        if row["missing"]:
            names = ("、" if word == "zh" else ", ").join(self.legend["inputs"][number][word] for number in row["missing"])
            told.append(f"缺少：{names}" if word == "zh" else f"Missing: {names}")
        return told

    def pack(self) -> bytes:
        """Return the table and its legend as Parquet with zstd."""
        legend = json.dumps(self.legend, ensure_ascii=False, sort_keys=True).encode()
        sink = pa.BufferOutputStream()
        pq.write_table(self.table.replace_schema_metadata({_META: legend}), sink, compression="zstd", use_dictionary=["verdict"])
        return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]

    @classmethod
    def unpack(cls, data: bytes) -> Explanations:
        """Read what ``pack`` wrote.

        Raises:
            UnableToEvaluate: the bytes are no explanations.
        """
        try:
            table = pq.read_table(pa.BufferReader(data))
            return cls(table.replace_schema_metadata(None), json.loads(table.schema.metadata[_META]))
        except (pa.ArrowException, KeyError, TypeError, OSError) as fault:
            raise UnableToEvaluate("no-explanations", problem=fault) from fault


def explain_many(compiled: CompiledRulebook, tables: Mapping[str, pa.Table]) -> Explanations:
    """Explain every row of the policy's entity at once.

    Gaps are exact where six decimals hold them, else rounded up, so that what is told is enough.

    Raises:
        UnableToEvaluate: the rulebook is not a policy, or rows do not fit.
    """
    policy = compiled.book.policy
    if policy is None:
        raise UnableToEvaluate("not-a-policy", code=compiled.book.code)
    evaluation = evaluate(compiled, tables)
    run = evaluation.run
    verdicts = evaluation.verdicts()
    size = run.size(policy.entity)
    blame = Blame(run, policy.entity)
    asked: list[dict[str, Any]] = []
    rows: list[Array] = []
    numbers: list[Array] = []
    gaps: list[Decimal | None] = []
    for name in policy.conditions:
        key = (policy.entity, condition_key(name))
        for atom, mask in blame.failing(key):
            places = np.flatnonzero(mask)
            rows.append(places)
            numbers.append(np.full(places.size, len(asked), dtype=np.int64))
            gaps += blame.gaps(atom, places, PLACES)
            asked.append(_told(compiled, name, atom))
    undecided = np.asarray([verdict == UNDECIDED for verdict in verdicts], dtype=bool)
    inputs, missing = blame.missing(undecided)
    table = pa.table(
        {
            "key": pa.array([str(one) for one in evaluation.keys(policy.entity)], pa.string()),
            "verdict": pa.array(verdicts, pa.string()).dictionary_encode(),
            **_failing(rows, numbers, gaps, size),
            "missing": _lists([mask for _, mask in missing], [number for number, _ in missing], size),
        }
    )
    legend = {
        "rulebook": compiled.book.code, "version": compiled.book.version, "hash": compiled.hash, "period": str(compiled.period),
        "on": compiled.on.isoformat(), "asked": asked, "inputs": inputs,
    }  # fmt: skip
    return Explanations(table, legend)


def _told(compiled: CompiledRulebook, condition: str, atom: Atom) -> dict[str, Any]:
    policy = compiled.book.policy
    assert policy is not None
    label = compiled.book.variables[policy.entity, condition_key(condition)].label
    told: dict[str, Any] = {"condition": condition, "label": dict(label), "text": atom.expr.text, "op": atom.op, "want": atom.want}
    if atom.op == "in" and atom.left is not None:
        told["figure"] = dict(figure_label(compiled, atom.left))
        told |= {
            "asked": {"zh": " 或 ".join(atom.choices), "en": ", ".join(atom.choices)},
            "kind": atom.left.type.kind,
            "unit": "",
            "measured": False,
        }
    elif atom.left is not None and atom.right is not None:
        left = atom.left
        told["figure"] = dict(figure_label(compiled, left))
        told["asked"] = dict(figure_label(compiled, atom.right))
        told["kind"] = left.type.kind
        told["unit"] = str(left.type.unit if not left.type.zero else atom.right.type.unit) if left.type.kind == NUMBER else ""
        told["measured"] = atom.measured
        if atom.right.op == "parameter":
            told["limit"] = str(compiled.parameter(atom.right.name))
    return told


def _failing(rows: list[Array], numbers: list[Array], gaps: list[Decimal | None], size: int) -> dict[str, pa.Array]:
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    number = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    order = np.argsort(row, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=size))]).astype(np.int32)
    values = pa.array(number[order], pa.uint16())
    measured = pa.array(gaps, _GAP).take(pa.array(order))
    return {
        "failing": pa.ListArray.from_arrays(pa.array(offsets), values),
        "gaps": pa.ListArray.from_arrays(pa.array(offsets), measured),
    }


def _lists(masks: list[Array], numbers: list[int], size: int) -> pa.Array:
    rows = [np.flatnonzero(mask) for mask in masks]
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    told = [np.full(one.size, number, dtype=np.int64) for one, number in zip(rows, numbers, strict=True)]
    number = np.concatenate(told) if rows else row
    order = np.argsort(row, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=size))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(number[order], pa.uint16()))
