"""The reference of the command line, read off the verbs themselves: what ``docs/reference/command-line*.md`` holds."""

from __future__ import annotations

from collections.abc import Iterator

import click
from django.utils import translation
from django.utils.translation import gettext as _

from townwright.site.cli.groups import Context, spoken
from townwright.site.cli.language import DJANGO, speaking

# Every verb has them; they are told once, above.
EVERYWHERE = ("language", "json", "help", "as")


def walk(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[click.Context, click.Command]]:
    """Yield every group and verb with a context that knows its whole name, each group before what is in it."""
    context = Context(command, info_name=name, parent=parent, help_option_names=["-h", "--help"])
    yield context, command
    if isinstance(command, click.Group):
        for one in command.list_commands(context):
            yield from walk(command.commands[one], one, context)


def reference(command: click.Command, name: str, language: str) -> str:
    """Return what every verb does and takes as Markdown, in ``zh`` or ``en``."""
    with speaking(language), translation.override(DJANGO[language]):
        return "\n".join(_entry(context, one) for context, one in walk(command, name) if context.parent is not None)


def _entry(context: click.Context, command: click.Command) -> str:
    level = "##" if context.parent is None or context.parent.parent is None else "###"
    lines = [f"{level} `{context.command_path}`", "", command.help or "", ""]
    if isinstance(command, click.Group):
        return "\n".join(lines)
    usage = " ".join(command.collect_usage_pieces(context))
    lines += ["```", f"{context.command_path} {usage}", "```", ""]
    rows = [record for param in command.params if (record := _record(context, param))]
    if rows:
        lines += ["| " + _("Option") + " | " + _("Meaning") + " |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in rows), ""]
    return "\n".join(lines)


def _record(context: click.Context, param: click.Parameter) -> tuple[str, str] | None:
    if not isinstance(param, click.Option) or any(name.lstrip("-") in EVERYWHERE for name in param.opts):
        return None
    record = spoken(param).get_help_record(context)
    return None if record is None else (record[0].replace("|", "\\|"), " ".join(record[1].split()).replace("|", "\\|"))
