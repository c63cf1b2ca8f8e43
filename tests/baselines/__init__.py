"""Figures kept in git: a test measures them again, and a difference has to be meant.

A figure changes on purpose when records, rulebooks or pages change. Then renew the files and read their diff:

    .venv/bin/pytest -q --renew-baselines tests/flows/test_determinism.py tests/flows/test_pages_and_roles.py tests/flows/test_query_counts.py
"""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def compare(name: str, measured: dict, config: pytest.Config) -> None:
    """Compare with the baseline of that name (JSON); with ``--renew-baselines`` write it instead."""
    path = FOLDER / f"{name}.json"
    if config.getoption("--renew-baselines"):
        path.write_text(json.dumps(measured, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert measured == kept, f"tests/baselines/{name}.json differs: if that is meant, renew it with --renew-baselines."
