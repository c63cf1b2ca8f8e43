"""``townwright rulebook pack``: which rulebooks belong together, under one hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from townwright.kernel.formula.packs import manifest, verify
from townwright.site.cli.frame import OUT, emit, verb
from townwright.site.cli.rulebooks.shared import JSON, UnableToRead, rulebook_group


@rulebook_group.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", default="", help="Name of the pack (default: the folder's).")
@click.option("--manifest", "file", default="", metavar="FILE", help="The manifest (default: pack.json in the folder).")
@click.option("--verify", "verifying", is_flag=True, help="Compare the files with the manifest instead of writing it.")
@JSON
@verb(needs_database=False)
def pack(folder: Path, name: str, file: str, verifying: bool, as_json: bool, language: str) -> None:
    """Write or verify the manifest of the rulebooks (*.yaml) in FOLDER: versions and hashes."""
    path = Path(file) if file else folder / "pack.json"
    texts = {one.relative_to(folder).as_posix(): one.read_text(encoding="utf-8") for one in sorted(folder.rglob("*.yaml"))}
    if not texts:
        raise UnableToRead(f"{folder} 中没有规则文件（*.yaml）。", f"{folder} holds no rulebooks (*.yaml).")
    if not verifying:
        told = manifest(texts, name=name or folder.resolve().name)
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        emit(
            {"manifest": str(path), **told},
            as_json=as_json,
            show=lambda: OUT.print(f"{path}: {len(told['rulebooks'])}  sha256 {told['sha256']}", markup=False),
        )
        return
    differences = [one.text(language) for one in verify(_read(path), texts)]
    fine = "与清单一致" if language == "zh" else "as the manifest says"
    emit(
        {"manifest": str(path), "ok": not differences, "differences": differences},
        as_json=as_json,
        show=lambda: OUT.print("\n".join(differences) or f"{path}: {fine}", markup=False, soft_wrap=True),
    )
    if differences:
        raise SystemExit(1)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise UnableToRead(f"清单 {path} 无法读取：{fault}", f"the manifest {path} cannot be read: {fault}") from fault
    return told if isinstance(told, dict) else {}
