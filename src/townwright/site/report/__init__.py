"""The closing report: one set of data for the page, the command line and the file."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.terms import word_of

SHOWN_ROWS = 20


def report_data(zone: Any, snapshot: Any, language: str) -> dict[str, Any]:
    """Return the report of a snapshot, JSON-ready: figures, reconciliation, verdicts and awards."""
    word = "zh" if language.startswith("zh") else "en"
    return {
        "zone": zone.code, "name": zone.name_zh if word == "zh" else zone.name_en or zone.name_zh, "sample": zone.sample, "period": snapshot.period,
        "snapshot": snapshot.content_hash, "revision": snapshot.revision, "frozen_at": snapshot.frozen_at.isoformat(),
        "tables": {entity: told["rows"] for entity, told in snapshot.manifest["tables"].items()}, "left_out": snapshot.manifest["left_out"],
        "figures": [
            {"code": row.code, "label": row.label.get(word), "value": indicators.plain(row.value), "unit": row.unit}
            for row in indicators.figures(zone, snapshot)
        ],
        "reconciliation": indicators.reconciliation_rows(zone, snapshot, language),
        "assessed": [
            {"rulebook": one["rulebook__code"], "title": one["rulebook__title"].get(word), "status": one["rulebook__status"], "verdict": one["verdict"],
             "result": one["result"], "result_label": one["result_label"].get(word), "firms": one["firms"], "total": None if one["total"] is None else str(one["total"])}
            for one in incentives.verdict_counts(zone, snapshot)
        ],
        "awards": [{**one, "eligible": str(one["eligible"]), "granted": str(one["granted"])} for one in incentives.award_totals(zone, snapshot)],
        "awards_changed": [
            {"policy": one.policy, "key": one.party_key, "firm": one.party_name, "granted": str(one.granted_amount), "currency": one.currency, "changed": one.changed[word]}
            for one in incentives.changed_awards(zone, snapshot)
        ],
    }  # fmt: skip


def sections(zone: Any, snapshot: Any, language: str) -> list[tuple[str, Any]]:
    """Return firms by industry section for the chart: name and count."""
    for _label, rows in indicators.breakdowns(zone, snapshot, indicators.figure(zone, snapshot, "firms")):
        return [(name[word_of(language)] or "—", value) for name, value in rows]
    return []


def opened_figures(zone: Any, snapshot: Any, language: str) -> list[dict[str, Any]]:
    """Return every figure with its formula, working and first rows, for a file that stands alone."""
    word = "zh" if language.startswith("zh") else "en"
    found = []
    for opened in indicators.opened_figures(zone, snapshot):
        row = opened.row
        parts = []
        for behind in opened.rows:
            names = behind.rows.column_names[:6]
            labels = [snapshots.offers(snapshot)[behind.entity].column(name) for name in names]
            first = behind.rows.slice(0, SHOWN_ROWS)
            parts.append(
                {
                    "text": behind.text,
                    "count": behind.rows.num_rows,
                    "columns": [label.label if label else name for name, label in zip(names, labels, strict=True)],
                    "rows": list(zip(*(first.column(name).to_pylist() for name in names), strict=True)),
                }
            )
        found.append(
            {
                "row": row,
                "label": row.label.get(word),
                "value": indicators.plain(row.value),
                "formula": opened.formula,
                "sentences": opened.trace.sentences(word),
                "parts": parts,
            }
        )
    return found


def render_html(zone: Any, snapshot: Any, language: str) -> str:
    """Return the report as one HTML file that asks for nothing else."""
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        return render_to_string(
            "townwright/report_file.html",
            {"report": report_data(zone, snapshot, language), "opened": opened_figures(zone, snapshot, language), "language": language},
        )
