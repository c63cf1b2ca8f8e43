"""What all verbs share: errors in words, JSON on standard output, progress on standard error."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from townwright.frame.terms import word_of
from townwright.frame.text import LANGUAGES, in_language, said
from townwright.site.cli import faults
from townwright.site.cli.acting import act_as, actor, as_option
from townwright.site.cli.groups import Command, Group, command, group, language_option

__all__ = [
    "NOISE", "OUT", "Command", "Group", "actor", "command", "emit", "fail", "group", "migrated", "prepare_database", "say", "table", "tell", "verb",
]  # fmt: skip

NOISE = Console(stderr=True)
OUT = Console()


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


def say(text: str) -> None:
    """Print a line as it stands: no marking is read, nothing is wrapped."""
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)


def table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Print a readable table."""
    shown = Table(title=Text(title), title_justify="left")
    for column in columns:
        shown.add_column(Text(column), overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else Text(str(cell)) for cell in row))
    OUT.print(shown)


def migrated() -> bool:
    """Say whether the database has every table that this version needs."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def prepare_database() -> None:
    """Bring the database up to this version."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def fail(text: str) -> NoReturn:
    """Say on standard error why the verb is refused, and end with exit code 1."""
    click.echo(f"townwright: {text}", err=True)
    sys.exit(1)


def verb(needs_database: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap a verb: errors become one message and exit code 1; ``--language`` chooses the words, ``--as`` the person.

    The verb is given ``language``: ``zh`` or ``en``.
    """

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @language_option()
        @as_option
        @functools.wraps(function)
        def run(*args: Any, language: str | None, acting: str, **kwargs: Any) -> Any:
            chosen = language or word_of(get_language() or "en")
            # A caller within this process gets its own language back.
            with translation.override(LANGUAGES[chosen]):
                return _in_words(functools.partial(_acting, acting, function, args, {**kwargs, "language": chosen}), chosen, needs_database)

        return run

    return wrap


def _acting(acting: str, function: Callable[..., Any], args: tuple[Any, ...], told: dict[str, Any]) -> Any:
    act_as(acting, told)
    return function(*args, **told)


def _in_words(work: Callable[[], Any], chosen: str, needs_database: bool) -> Any:
    """Run a verb; what it refuses is told in words, with exit code 1."""
    try:
        if needs_database and not migrated():
            fail(_("The database is not set up for this version. Run: townwright init"))
        return work()
    except (click.Abort, click.ClickException, click.exceptions.Exit, BrokenPipeError):
        raise
    except DatabaseError as fault:
        fail(faults.of_database(fault, settings.TOWNWRIGHT_HOME))
    except OSError as fault:
        fail(faults.of_system(fault))
    except (ValueError, LookupError, RuntimeError) as fault:
        fail(in_language(said(fault), chosen))
