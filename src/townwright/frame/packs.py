"""Packs of rulebooks in a folder: reading, and what adopting one demands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from townwright.frame.signing import verify_signature
from townwright.kernel.formula.packs import verify
from townwright.kernel.values.said import SaidError

NAME = "pack.json"


class UnableToReadPack(SaidError):
    """A folder holds no pack, or its files are not those of its manifest."""


def texts_of(folder: Path) -> dict[str, str]:
    """Return the rulebooks of a folder and its folders, by file.

    Raises:
        UnableToReadPack: it holds none, or one is not UTF-8.
    """
    texts = {}
    for path in sorted(folder.rglob("*.yaml")):
        try:
            texts[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError) as fault:
            raise UnableToReadPack(f"{path} 不是 UTF-8 编码的文件。", f"{path} is no file in UTF-8.") from fault
    if not texts:
        raise UnableToReadPack(f"{folder} 中没有规则文件（*.yaml）。", f"{folder} holds no rulebooks (*.yaml).")
    return texts


def manifest_of(path: Path) -> dict[str, Any]:
    """Return a manifest.

    Raises:
        UnableToReadPack: there is no such file, or it is not JSON.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise UnableToReadPack(f"清单 {path} 无法读取：{fault}", f"the manifest {path} cannot be read: {fault}") from fault
    return told if isinstance(told, dict) else {}


def fit_pack(path: Path, trusted: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the rulebooks of a pack that is whole, and which of the trusted keys signed it ("" where none is named).

    Raises:
        UnableToReadPack: files differ from the manifest, or the manifest from its own hash.
        UnableToVerify: keys are trusted and none of them signed this manifest.
    """
    manifest = path / NAME if path.is_dir() else path
    told, texts = manifest_of(manifest), texts_of(manifest.parent)
    wrong = verify(told, texts)
    if wrong:
        raise UnableToReadPack("\n".join(one.zh for one in wrong), "\n".join(one.en for one in wrong))
    return texts, verify_signature(told, manifest, trusted) if trusted else ""
