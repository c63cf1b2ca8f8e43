"""The components of the design system that need more than an include. See docs/reference/design-system.md and /design/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import unescape
from typing import Any

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from townwright.frame.doors.rows import body
from townwright.frame.terms import digits
from townwright.frame.text import in_language

register = template.Library()
PRODUCT = "Townwright"
PASSING = ("success", "info")


@register.simple_tag(takes_context=True)
def page_title(context: Any) -> str:
    """Return what a browser's tab says: the page's heading, the zone, the product.

    The heading's entities are undone, since the answer is escaped as every other value.
    """
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    heading = blocks.get_block("heading") if blocks is not None else None
    page = " ".join(strip_tags(heading.nodelist.render(context)).split()) if heading is not None else ""
    zone = context.get("zone")
    named = in_language({"zh": zone.name_zh, "en": zone.name_en}) if zone else ""
    return " · ".join(part for part in (unescape(page), named, PRODUCT) if part)


@register.simple_tag(takes_context=True)
def crumb(context: Any, name: str, label: Any, *args: Any) -> SafeString:
    """Return one step of the way to a page: a link to another page of the zone."""
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', reverse(name, args=[context["zone"].code, *args]), label)


@register.simple_tag
def split_messages(messages: Iterable[Any] | None) -> dict[str, list[Any]]:
    """Return messages that stay on the page (warnings, errors) and those that pass as toasts."""
    told = list(messages or ())
    return {
        "standing": [one for one in told if one.level_tag not in PASSING],
        "passing": [one for one in told if one.level_tag in PASSING],
    }


@register.simple_tag
def table_body(table: Any) -> SafeString:
    """Return the rows of a table, of the page that is shown."""
    return body(table)


@register.inclusion_tag("components/empty.html")
def empty(title: Any, text: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """Say that there is nothing, why, and what to do about it."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Iterable[Sequence[Any]], label: Any = "") -> dict[str, Any]:
    """Show how far something with steps has come: ``(name, state)``, the state one of done, now, failed, next."""
    return {"steps": [(one[0], one[1]) for one in steps], "label": label}


@register.inclusion_tag("components/figure_card.html")
def figure_card(label: Any, value: Any, url: str = "", source: Any = "", exact: Any = "", verdict: str = "") -> dict[str, Any]:
    """Show a figure that opens: where it comes from below it, the exact value at hand where the one shown is shortened."""
    return {"label": label, "value": value, "url": url, "source": source, "exact": exact, "verdict": verdict}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """Show what happened, newest first: dictionaries with ``at``, ``title``, ``by`` and ``text``."""
    return {"entries": list(entries)}


@register.inclusion_tag("components/chart_card.html", takes_context=True)
def chart_card(context: Any, title: Any, columns: Sequence[Any], rows: Iterable[Sequence[Any]], kind: str = "bar") -> dict[str, Any]:
    """Show a chart (bar, hbar, line, pie) with the table that says the same.

    ``columns`` are the headings, that of the category first; a row is the category's name and a number a series (None
    where it is missing), or a pair of the number and how it is written.
    """
    return {"title": title, "columns": list(columns), "rows": [_row(row) for row in rows], "kind": kind, **_number(context)}


@register.inclusion_tag("components/chart_card.html", takes_context=True)
def map_card(context: Any, title: Any, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Show places where they lie, without tiles or network, with the table that says the same.

    A row is a place's name, the number that its size stands for, its longitude and its latitude in degrees.
    """
    return {"title": title, "columns": list(columns), "rows": [_row(row) for row in rows], "kind": "map", **_number(context)}


def _number(context: Any) -> dict[str, int]:
    """Return a number that no other chart of the page has."""
    held = context.render_context
    held["charts"] = held.get("charts", 0) + 1
    return {"number": held["charts"]}


def _row(row: Sequence[Any]) -> tuple[str, list[tuple[str, str]]]:
    return str(row[0]), [_cell(value) for value in row[1:]]


def _cell(value: Any) -> tuple[str, str]:
    """Return a cell's bare number and how it is written."""
    if isinstance(value, tuple | list):
        return ("" if value[0] is None else str(value[0])), str(value[1])
    if value is None:
        return "", "—"
    return str(value), digits(value) if isinstance(value, int | Decimal) else str(value)
