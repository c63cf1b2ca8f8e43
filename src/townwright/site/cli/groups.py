"""Groups and verbs whose help, usage and errors are read in the language that was asked for.

Texts stand in English in the source, as docstrings and ``help=``; ``babel_click.py`` collects them for translation.
"""

from __future__ import annotations

import copy
import inspect
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from townwright.site.cli.language import CATALOGUES, DJANGO, VARIABLE, chosen, language_of, speaking
from townwright.site.cli.layout import Formatter

INTERRUPTED = 130
# What the parser puts in usage lines without asking a catalogue.
PLACES = (
    _("TEXT"), _("INTEGER"), _("FLOAT"), _("DECIMAL"), _("DATE"), _("FILE"), _("DIRECTORY"), _("PATH"), _("[OPTIONS]"), _("COMMAND [ARGS]..."),
)  # fmt: skip
HELP = _("Show this message and exit.")
_SENTENCE = re.compile(r"(?<=。)|(?<=\.)\s")


def translated(text: str | None) -> str:
    """Return a text of the source in the language in force."""
    return gettext(text) if text else ""


def spoken(param: click.Parameter) -> click.Parameter:
    """Return a copy of an option or argument whose help and place-holder are in the language in force."""
    told: Any = copy.copy(param)
    told.help = translated(getattr(param, "help", None)) or None
    shown: Any = param
    if isinstance(param, click.Argument):
        told.metavar = translated(shown.metavar) or None
        told.name = translated(shown.name.upper())
    elif shown.metavar:
        told.metavar = translated(shown.metavar)
    elif not isinstance(param.type, click.Choice) and not (shown.is_flag or shown.count):
        told.metavar = translated(param.type.name.upper().removesuffix(" RANGE"))
    return told  # type: ignore[no-any-return]


class Context(click.Context):
    """A context that lays help out by the width of characters."""

    formatter_class = Formatter


class _Spoken(click.Command):
    """What verbs and groups share."""

    context_class = Context
    text: str | None = None

    @property
    def help(self) -> str | None:  # type: ignore[override]
        """The help in the language in force."""
        return translated(inspect.cleandoc(self.text)) if self.text else None

    @help.setter
    def help(self, text: str | None) -> None:
        self.text = text

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence, whole: it is wrapped where it is shown."""
        first = _SENTENCE.split(self.help or "", maxsplit=1)[0]
        return " ".join(first.split()).rstrip(".。")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the verb in the usage line."""
        pieces = [translated(self.options_metavar)] if self.options_metavar else []
        for param in self.get_params(ctx):
            pieces += spoken(param).get_usage_pieces(ctx)
        return pieces

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option; it is kept between calls, so its text is the source's and not one language's."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        told = [spoken(param).get_help_record(ctx) for param in self.get_params(ctx) if isinstance(param, click.Option)]
        with formatter.section(gettext("Options")):
            formatter.write_dl([one for one in told if one])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; an error names the place-holder as help does."""
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as fault:
            fault.param = spoken(fault.param) if fault.param else None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run; who interrupts is told in a line what stands, and the shell by the exit code."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\n" + gettext("Stopped. Steps that had ended stand; run the command again to go on."), err=True)
            ctx.exit(INTERRUPTED)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run from the words of a command line, in its language."""
        words = list(sys.argv[1:] if args is None else args)
        language = chosen(words, os.environ)
        with speaking(language), translation.override(DJANGO[language]):
            wrong = os.environ.get(VARIABLE, "")
            if wrong and not language_of(wrong):
                told = {"variable": VARIABLE, "value": wrong, "known": ", ".join(CATALOGUES)}
                click.echo(gettext("%(variable)s is “%(value)s”, which is none of the languages: %(known)s.") % told, err=True)
                raise SystemExit(2)
            return super().main(words, *rest, **extra)


def language_option(*, expose_value: bool = True) -> Callable[[Any], Any]:
    """Return the option that every group and verb has."""
    return click.option(
        "--language", type=click.Choice(list(CATALOGUES)), default=None, expose_value=expose_value,
        help="Language of words: zh or en (default: TOWNWRIGHT_LANGUAGE, else from LANG).",
    )  # fmt: skip


class Command(_Spoken):
    """A verb."""


class Group(_Spoken, click.Group):
    """A group of verbs; it takes ``--language`` before the verb as well as after it."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        language_option(expose_value=False)(self)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the group in the usage line."""
        return [*_Spoken.collect_usage_pieces(self, ctx), translated(self.subcommand_metavar)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the verbs."""
        _Spoken.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def group(name: str, **told: Any) -> Callable[[Callable[..., Any]], Group]:
    """Make a function a group: ``@group("party")``."""
    return click.group(name=name, cls=Group, **told)


def command(name: str | None = None, **told: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a verb: ``@command("import")``."""
    return click.command(name, cls=Command, **told)
