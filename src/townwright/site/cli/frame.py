"""What all verbs share: errors in words, JSON on standard output, progress on standard error."""

from __future__ import annotations

import functools
import getpass
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from townwright.frame.actors import Actor

NOISE = Console(stderr=True)
OUT = Console()


def actor() -> Actor:
    """Return the actor at this command line."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = "unknown"
    return Actor.of_command_line(login)


def tell(text: str) -> None:
    """Report progress, where a person watches."""
    if NOISE.is_terminal:
        NOISE.print(f"[dim]· {text}[/dim]")


def emit(value: Any, *, as_json: bool, show: Callable[[], None]) -> None:
    """Print JSON and nothing else, or what a person reads."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    else:
        show()


def table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Print a readable table."""
    shown = Table(title=title, title_justify="left")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    OUT.print(shown)


def migrated() -> bool:
    """Say whether the database has every table that this version needs."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def prepare_database() -> None:
    """Bring the database up to this version."""
    call_command("migrate", interactive=False, verbosity=0)


def verb(needs_database: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap a verb: domain errors become one message and exit code 1; ``--language`` chooses the words."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--language", type=click.Choice(["zh", "en"]), default=None, help="Language of words: zh or en (default: from LANG).")
        @functools.wraps(function)
        def run(*args: Any, language: str | None, **kwargs: Any) -> Any:
            chosen = language or ("zh" if os.environ.get("LANG", "").lower().startswith("zh") else "en")
            # A caller within this process gets its own language back.
            with translation.override("zh-hans" if chosen == "zh" else "en"):
                return _in_words(functools.partial(function, *args, language=chosen, **kwargs), chosen, needs_database)

        return run

    return wrap


def _in_words(work: Callable[[], Any], chosen: str, needs_database: bool) -> Any:
    """Run a verb; what it refuses is told in words, with exit code 1."""
    try:
        if needs_database and not migrated():
            raise click.ClickException(_("The database is not set up for this version. Run: townwright init"))
        return work()
    except (ValueError, LookupError, RuntimeError) as fault:
        message = getattr(fault, "message", None)
        text = message.get(chosen) if isinstance(message, dict) else str(fault)
        click.echo(f"townwright: {text}", err=True)
        sys.exit(1)
    except DatabaseError as fault:
        click.echo(_("townwright: the database refused: %(fault)s") % {"fault": fault}, err=True)
        sys.exit(1)
