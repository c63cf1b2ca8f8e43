"""Rulebooks: who deserves what, and what it adds up to."""

from townwright.kernel.formula.batch import Explanations, explain_many
from townwright.kernel.formula.cases import CaseResult, UnableToReadCase, run_cases, tables_of_rows
from townwright.kernel.formula.changes import Clause, UnableToChange, clauses_between, with_parameters
from townwright.kernel.formula.check import check_rulebook, has_errors, proven_ranges
from townwright.kernel.formula.compare import Comparison, Split, UnableToCompare, budget_curve, compare, split_change
from townwright.kernel.formula.compiled import CompiledRulebook, compile_rulebook, rulebook_hash
from townwright.kernel.formula.evaluation import ELIGIBLE, NOT_ELIGIBLE, UNDECIDED, Evaluation, decision_outputs, evaluate
from townwright.kernel.formula.executors.native.machine import Machine
from townwright.kernel.formula.executors.planned import Execution
from townwright.kernel.formula.explain import ConditionTrace, ParameterUse, TraceNode, VerdictTrace, explain, explain_verdict
from townwright.kernel.formula.findings import Place, RulebookFinding, RulebookNotInForce, RulebookRefused, UnableToEvaluate
from townwright.kernel.formula.opened import RowsBehind, breakdown, rows_behind
from townwright.kernel.formula.reach import tables_reached
from townwright.kernel.formula.reader import load_rulebook
from townwright.kernel.formula.refusal import WhyNot, why_not
from townwright.kernel.formula.rulebook import Rulebook
from townwright.kernel.formula.streaming import Stream, Written, evaluate_stream, stream_to_parquet
from townwright.kernel.formula.versions import check_versions

__all__ = [
    "ELIGIBLE",
    "NOT_ELIGIBLE",
    "UNDECIDED",
    "CaseResult",
    "Clause",
    "Comparison",
    "CompiledRulebook",
    "ConditionTrace",
    "Evaluation",
    "Execution",
    "Explanations",
    "Machine",
    "ParameterUse",
    "Place",
    "RowsBehind",
    "Rulebook",
    "RulebookFinding",
    "RulebookNotInForce",
    "RulebookRefused",
    "Split",
    "Stream",
    "TraceNode",
    "UnableToChange",
    "UnableToCompare",
    "UnableToEvaluate",
    "UnableToReadCase",
    "VerdictTrace",
    "WhyNot",
    "Written",
    "breakdown",
    "budget_curve",
    "check_rulebook",
    "check_versions",
    "clauses_between",
    "compare",
    "compile_rulebook",
    "decision_outputs",
    "evaluate",
    "evaluate_stream",
    "explain",
    "explain_many",
    "explain_verdict",
    "has_errors",
    "load_rulebook",
    "proven_ranges",
    "rows_behind",
    "rulebook_hash",
    "run_cases",
    "split_change",
    "stream_to_parquet",
    "tables_of_rows",
    "tables_reached",
    "why_not",
    "with_parameters",
]
