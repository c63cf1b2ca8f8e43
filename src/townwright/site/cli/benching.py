"""``townwright bench``: how fast the product is on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.site.bench.web import measure
from townwright.site.cli.frame import emit, group, say, table, tell, verb
from townwright.site.cli.options import JSON

FEWEST = 100


@group("bench")
def bench_group() -> None:
    """Measure how fast the product is on this machine."""


@bench_group.command("web")
@click.option(
    "--firms", type=click.IntRange(FEWEST, 1_000_000), default=50_000, show_default=True, help="How many firms the invented town has."
)
@click.option("--clients", type=click.IntRange(1, 256), default=8, show_default=True, help="How many ask at once.")
@click.option("--requests", type=click.IntRange(1), default=100, show_default=True, help="How often each kind of page is asked for.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same number makes the same town.")
@click.option("--database", default="", help="Address of an empty database, as postgres://USER@HOST/NAME (default: SQLite).")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), default=None, help="Folder in which the town is kept for another run (default: it is thrown away).")  # fmt: skip
@JSON
@verb(needs_database=False)
def web(firms: int, clients: int, requests: int, seed: int, database: str, home: Path | None, as_json: bool, language: str) -> None:
    """Measure the pages of a large invented town: makes it, serves it, and loads it on loopback. Your own records are not touched.

    For each kind of page: within how many milliseconds half of the answers came, and 95 of 100. The ratio is that of the firm list
    to a bare view that asks the same one query and writes the same rows as plain text, one client asking for both in turns.
    """
    with tempfile.TemporaryDirectory(prefix="townwright-bench-") as scratch:
        kept = (home or Path(scratch)).resolve()
        kept.mkdir(parents=True, exist_ok=True)
        told = measure(home=kept, database=database, firms=firms, seed=seed, clients=clients, requests=requests, tell=tell)
    emit(told, as_json=as_json, show=lambda: _show(told))


def _show(told: dict[str, Any]) -> None:
    first = told["first_load"]
    title = _("%(firms)d firms, %(database)s, %(clients)d clients, %(requests)d requests a page; load of the machine %(load)s")
    table(
        title % {**told, "load": told["load_average"]}, [_("Page"), _("Half within, ms"), _("95 of 100 within, ms"), _("Processor, ms")],
        [[name, one["p50_ms"], one["p95_ms"], one["processor_ms"]] for name, one in told["pages"].items()],
    )  # fmt: skip
    alone = told["alone"]
    say(
        _("One client: firm list %(ours)s ms, bare view %(bare)s ms, ratio %(ratio)s")
        % {"ours": alone["firms"]["p50_ms"], "bare": alone["bare view"]["p50_ms"], "ratio": told["firm_list_ratio"]}
    )
    say(
        _("First load of the firm list: %(requests)d requests, %(bytes)s bytes (%(by)s)")
        % {"requests": first["requests"], "bytes": f"{first['bytes']:,}", "by": first["by"]}
    )
