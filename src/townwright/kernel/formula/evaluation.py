"""Running a compiled rulebook over Arrow tables, and reading the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.compiled import AMOUNT, CompiledRulebook
from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.executors.load import load_column, to_python
from townwright.kernel.formula.executors.planned import Execution, PlannedRun
from townwright.kernel.formula.executors.unload import arrow_type, unload_column
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.rulebook import condition_key

ELIGIBLE, NOT_ELIGIBLE, UNDECIDED = "eligible", "not_eligible", "undecided"
VERDICTS = (ELIGIBLE, NOT_ELIGIBLE, UNDECIDED)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Results by row, in the order of each entity's table."""

    compiled: CompiledRulebook
    run: PlannedRun

    def keys(self, entity: str) -> list[str]:
        """Return the keys of the entity's rows."""
        names = self.compiled.book.entities[entity].key
        columns = [self.run.table(entity).column(name).to_pylist() for name in names]
        return columns[0] if len(columns) == 1 else ["/".join(map(str, parts)) for parts in zip(*columns, strict=True)]

    def values(self, entity: str, name: str) -> list[Any]:
        """Return a variable or column as Python values, None where missing.

        Raises:
            UnableToEvaluate: no such name, or a number that was never rounded has no decimal form.
        """
        formula = self.compiled.formulas.get((entity, name))
        size = self.run.size(entity)
        if formula is not None:
            variable = self.compiled.book.variables.get((entity, name))
            type_ = variable.type if variable is not None and variable.type is not None else formula.type
            return to_python(self.run.variable(entity, name), type_, size)
        column = self.compiled.book.entities[entity].columns.get(name) if entity in self.compiled.book.entities else None
        if column is None:
            raise UnableToEvaluate("no-such-name", entity=entity, name=name, code=self.compiled.book.code)
        return to_python(load_column(self.run.table(entity), entity, name, column), column, size)

    def table(self, entity: str, names: Sequence[str]) -> pa.Table:
        """Return variables as an Arrow table: int64, decimal128 with the declared places, text, booleans, dates; null where missing.

        Raises:
            UnableToEvaluate: no such variable, or its values do not fit the declared type.
        """
        size, arrays = self.run.size(entity), {}
        for name in names:
            formula = self.compiled.formulas.get((entity, name))
            if formula is None:
                raise UnableToEvaluate("no-variable", code=self.compiled.book.code, entity=entity, name=name)
            variable = self.compiled.book.variables.get((entity, name))
            type_ = variable.type if variable is not None and variable.type is not None else formula.type
            arrays[name] = unload_column(self.run.result(entity, name), arrow_type(type_, variable), size, f"{entity}.{name}")
        return pa.table(arrays)

    def condition(self, name: str) -> list[bool | None]:
        """Return a policy condition for each row."""
        policy = self.compiled.book.policy
        if policy is None or name not in policy.conditions:
            raise UnableToEvaluate("no-condition", code=self.compiled.book.code, name=name)
        return self.values(policy.entity, condition_key(name))

    def amounts(self) -> list[Decimal | None]:
        """Return the policy's amount for each row, after the yearly cap, whether or not the row is eligible."""
        policy = self.compiled.book.policy
        if policy is None:
            raise UnableToEvaluate("not-a-policy", code=self.compiled.book.code)
        return self.values(policy.entity, AMOUNT)

    def verdicts(self) -> list[str]:
        """Return eligible, not_eligible or undecided for each row.

        One condition that fails settles it; an eligible row whose amount is missing is undecided.
        """
        return np.asarray(VERDICTS, dtype=object)[self.verdict_codes()].tolist()  # type: ignore[no-any-return]

    def verdict_codes(self) -> Array:
        """Return the verdicts as places in ``VERDICTS``: one byte a row."""
        policy = self.compiled.book.policy
        if policy is None:
            raise UnableToEvaluate("not-a-policy", code=self.compiled.book.code)
        size = self.run.size(policy.entity)
        failed, unknown = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        for name in policy.conditions:
            flag = self.run.variable(policy.entity, condition_key(name))
            ok = np.broadcast_to(flag.ok, (size,))
            failed |= ok & ~np.broadcast_to(flag.val, (size,))  # type: ignore[union-attr]
            unknown |= ~ok
        unknown |= ~np.broadcast_to(self.run.variable(policy.entity, AMOUNT).ok, (size,))
        return np.where(failed, np.int8(1), unknown.astype(np.int8) * np.int8(2))


def decision_outputs(compiled: CompiledRulebook) -> list[str]:
    """Return the outputs that a decision rests on: conditions, amount and priority of a policy, a class, or the indicators."""
    book = compiled.book
    if book.policy is not None:
        policy = book.policy
        priority = [policy.budget.priority] if policy.budget and policy.budget.priority else []
        names = [condition_key(name) for name in policy.conditions]
        return [f"{policy.entity}.{name}" for name in (*names, AMOUNT, *priority) if (policy.entity, name) in compiled.formulas]
    if book.classification is not None:
        return [f"{book.classification.entity}.{book.classification.result}"]
    return [f"zone.{name}" for name in book.indicators if ("zone", name) in compiled.formulas]


def evaluate(
    compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, outputs: Sequence[str] | None = None, execution: Execution | None = None,
    like: Evaluation | None = None,
) -> Evaluation:  # fmt: skip
    """Evaluate over tables named by entity; ``outputs`` ("entity.name") are computed at once, others when asked for.

    ``like`` is an evaluation of another rulebook over the same tables: joins and the like are not made again.

    ``execution`` says how the outputs are computed (machine code, threads, block size); their values do not depend on it.

    Raises:
        UnableToEvaluate: a table or column is missing or of another type, an output is not a variable, or ONLY finds several rows.
    """
    run = PlannedRun(compiled, tables, execution or Execution())
    if like is not None:
        run.adopt(like.run)
    names = [(entity, name) for entity, _, name in (output.partition(".") for output in outputs or ())]
    for entity, name in names:
        if (entity, name) not in compiled.formulas:
            raise UnableToEvaluate("no-variable", code=compiled.book.code, entity=entity, name=name)
    run.compute(names)
    return Evaluation(compiled, run)
