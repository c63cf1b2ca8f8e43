"""A pack: which rulebooks belong together, with their versions and hashes, under one hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from townwright.kernel.formula.compiled import rulebook_hash
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.reader import load_rulebook

FORMAT = "townwright-pack-1"


def manifest(texts: Mapping[str, str], *, name: str) -> dict[str, Any]:
    """Return the manifest of rulebooks named by file; the pack's hash is taken over their codes, versions and hashes.

    Raises:
        RulebookRefused: one of them cannot be read.
    """
    rows = []
    for source in sorted(texts):
        book = load_rulebook(texts[source], source=source)
        rows.append(
            {
                "file": source, "rulebook": book.code, "version": book.version, "kind": book.kind, "status": book.status,
                "in_force_from": book.start.isoformat() if book.start else None, "in_force_to": book.end.isoformat() if book.end else None,
                "sha256": rulebook_hash(book),
            }
        )  # fmt: skip
    return {"format": FORMAT, "pack": name, "sha256": _digest(rows), "rulebooks": rows}


def _digest(rows: list[dict[str, Any]]) -> str:
    lines = sorted(f"{row['rulebook']}\x1f{row['version']}\x1f{row['sha256']}" for row in rows)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def verify(told: Mapping[str, Any], texts: Mapping[str, str]) -> list[Said]:
    """Return how the files differ from a manifest; nothing if they are what it says."""
    if told.get("format") != FORMAT or not isinstance(told.get("rulebooks"), list):
        return [Said(f"清单格式不是 {FORMAT}。", f"the manifest is not of the form {FORMAT}.")]
    found = []
    if told.get("sha256") != _digest(list(told["rulebooks"])):
        found.append(Said("清单自身的哈希与所列内容不符。", "the manifest's own hash does not fit what it lists."))
    now = {row["file"]: row for row in manifest(texts, name="")["rulebooks"]}
    listed = {row["file"]: row for row in told["rulebooks"]}
    for source in sorted({*now, *listed}):
        if source not in now:
            found.append(Said(f"{source}：清单列有，文件不在。", f"{source}: listed, but the file is not there."))
        elif source not in listed:
            found.append(Said(f"{source}：清单未列。", f"{source}: not listed in the manifest."))
        elif now[source]["sha256"] != listed[source]["sha256"]:
            same = now[source]["version"] == listed[source]["version"]
            more = (
                Said("版本号未变", "its version is the same")
                if same
                else Said(f"版本为 {now[source]['version']}", f"its version is {now[source]['version']}")
            )
            found.append(Said(f"{source}：内容已改，{more.zh}。", f"{source}: its text has changed, and {more.en}."))
    return found
