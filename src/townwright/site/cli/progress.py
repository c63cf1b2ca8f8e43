"""Progress at the command line: bars on standard error, where a person watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from townwright.site.cli.frame import NOISE
from townwright.site.steps import step_name

Tell = Callable[[int, int, str], None]


@contextmanager
def bars(*, quiet: bool, line_a_step: bool = True) -> Iterator[Tell | None]:
    """Give what a long verb tells its progress to; None, and nothing is shown, when quiet or where no terminal is.

    Each step has a bar of its own, or all share one that counts the steps.
    """
    if quiet or not NOISE.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=NOISE) as shown:
        known: dict[str, int] = {}

        def tell(done: int, total: int, label: str) -> None:
            key = label if line_a_step else ""
            if key not in known:
                _fill(shown)
                known[key] = shown.add_task("")
            shown.update(known[key], completed=done, total=total or None, description=step_name(label))

        yield tell
        _fill(shown)


def _fill(shown: Progress) -> None:
    """Fill the bar of the step that ended."""
    for task in shown.tasks:
        if not task.finished:
            whole = task.total or task.completed or 1
            shown.update(task.id, completed=whole, total=whole)
