"""Rulebooks: who deserves what, and what it adds up to."""

from townwright.kernel.formula.cases import CaseResult, UnableToReadCase, run_cases, tables_of_rows
from townwright.kernel.formula.check import check_rulebook, has_errors
from townwright.kernel.formula.compiled import CompiledRulebook, compile_rulebook, rulebook_hash
from townwright.kernel.formula.evaluation import ELIGIBLE, NOT_ELIGIBLE, UNDECIDED, Evaluation, evaluate
from townwright.kernel.formula.executors.native.machine import Machine
from townwright.kernel.formula.executors.planned import Execution
from townwright.kernel.formula.explain import ConditionTrace, ParameterUse, TraceNode, VerdictTrace, explain, explain_verdict
from townwright.kernel.formula.findings import Place, RulebookFinding, RulebookNotInForce, RulebookRefused, UnableToEvaluate
from townwright.kernel.formula.opened import RowsBehind, breakdown, rows_behind
from townwright.kernel.formula.reader import load_rulebook
from townwright.kernel.formula.rulebook import Rulebook

__all__ = [
    "ELIGIBLE",
    "NOT_ELIGIBLE",
    "UNDECIDED",
    "CaseResult",
    "CompiledRulebook",
    "ConditionTrace",
    "Evaluation",
    "Execution",
    "Machine",
    "ParameterUse",
    "Place",
    "RowsBehind",
    "Rulebook",
    "RulebookFinding",
    "RulebookNotInForce",
    "RulebookRefused",
    "TraceNode",
    "UnableToEvaluate",
    "UnableToReadCase",
    "VerdictTrace",
    "breakdown",
    "check_rulebook",
    "compile_rulebook",
    "evaluate",
    "explain",
    "explain_verdict",
    "has_errors",
    "load_rulebook",
    "rows_behind",
    "rulebook_hash",
    "run_cases",
    "tables_of_rows",
]
