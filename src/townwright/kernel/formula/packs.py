"""A pack: which rulebooks belong together, with their versions and hashes, under a version and a hash of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from townwright.kernel.formula.compiled import rulebook_hash
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.reader import load_rulebook

FORMAT = "townwright-pack-1"


def manifest(texts: Mapping[str, str], *, name: str, version: str = "1") -> dict[str, Any]:
    """Return the manifest of rulebooks named by file; the pack's hash is taken over all else that the manifest says.

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
    told = {"format": FORMAT, "pack": name, "version": version, "rulebooks": rows}
    return {**told, "sha256": _digest(told)}


def _digest(told: Mapping[str, Any]) -> str:
    """Return the hash of a manifest: of its JSON with sorted keys, without the hash itself."""
    rest = {key: value for key, value in told.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def signed_bytes(told: Mapping[str, Any]) -> bytes:
    """Return what a signature of the pack is made over: the form of the manifest and the pack's hash."""
    return f"{FORMAT}\n{told.get('sha256')}\n".encode()


def verify(told: Mapping[str, Any], texts: Mapping[str, str]) -> list[Said]:
    """Return how the files differ from a manifest; nothing if they are what it says."""
    listed_rows = told.get("rulebooks")
    shaped = isinstance(listed_rows, list) and all(
        isinstance(row, dict) and {"file", "version", "sha256"} <= set(row) for row in listed_rows
    )
    if told.get("format") != FORMAT or not shaped:
        return [Said(f"清单格式不是 {FORMAT}。", f"the manifest is not of the form {FORMAT}.")]
    found = []
    if told.get("sha256") != _digest(told):
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
