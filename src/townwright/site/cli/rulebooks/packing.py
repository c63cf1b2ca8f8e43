"""``townwright rulebook pack`` and ``keygen``: which rulebooks belong together, under one hash, and who says so."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from townwright.frame.packs import NAME, manifest_of, texts_of
from townwright.frame.signing import new_key, public_key, sign, signature_of, verify_signature
from townwright.kernel.formula.packs import manifest, verify
from townwright.site.cli.frame import OUT, emit, verb
from townwright.site.cli.rulebooks.shared import JSON, UnableToRead, rulebook_group, text_of

_ANY = "any"


@rulebook_group.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", default="", help="Name of the pack (default: the folder's).")
@click.option("--version", default="1", show_default=True, help="Version of the pack.")
@click.option("--manifest", "file", default="", metavar="FILE", help="The manifest (default: pack.json in the folder).")
@click.option("--sign", "private", default="", metavar="KEYFILE", help="Sign the manifest with this private key.")
@click.option(
    "--verify", "verifying", is_flag=False, flag_value=_ANY, default="", metavar="[PUBKEY]",
    help="Compare the files with the manifest instead of writing it; with a public key, its signature too.",
)  # fmt: skip
@JSON
@verb(needs_database=False)
def pack(folder: Path, file: str, private: str, verifying: str, as_json: bool, language: str, **about: str) -> None:
    """Write or verify the manifest of the rulebooks (*.yaml) in FOLDER: versions, hashes, and on wish a signature."""
    path = Path(file) if file else folder / NAME
    if verifying:
        _verify(path, texts_of(folder), verifying, as_json, language)
        return
    told = manifest(texts_of(folder), name=about["name"] or folder.resolve().name, version=about["version"])
    # The key is read first: a manifest beside a signature of an older one would be of use to nobody.
    signature = sign(told, *text_of(private)) if private else ""
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    signed = signature_of(path)
    if signature:
        signed.write_text(signature, encoding="utf-8")
    else:
        signed.unlink(missing_ok=True)
    files = f"{path}, {signed}" if signature else str(path)
    emit(
        {"manifest": str(path), "signature": str(signed) if signature else None, **told},
        as_json=as_json,
        show=lambda: OUT.print(f"{files}: {told['pack']} {told['version']}, {len(told['rulebooks'])}  sha256 {told['sha256']}", markup=False, soft_wrap=True),
    )  # fmt: skip


def _verify(path: Path, texts: dict[str, str], key: str, as_json: bool, language: str) -> None:
    told = manifest_of(path)
    differences = [one.text(language) for one in verify(told, texts)]
    found: dict[str, Any] = {"manifest": str(path), "ok": not differences, "differences": differences}
    if key != _ANY and not differences:
        text, source = text_of(key)
        found["signed_by"] = verify_signature(told, path, {Path(key).stem: public_key(text, source)})
    fine = "与清单一致" if language == "zh" else "as the manifest says"
    if "signed_by" in found:
        fine += f"，由 {found['signed_by']} 签署" if language == "zh" else f", signed by {found['signed_by']}"
    emit(found, as_json=as_json, show=lambda: OUT.print("\n".join(differences) or f"{path}: {fine}", markup=False, soft_wrap=True))
    if differences:
        raise SystemExit(1)


@rulebook_group.command()
@click.argument("name")
@verb(needs_database=False)
def keygen(name: str, language: str) -> None:
    """Make a pair of keys: NAME.key signs and stays with you, NAME.pub goes to those who adopt."""
    files = [Path(f"{name}.key"), Path(f"{name}.pub")]
    for file in files:
        if file.exists():
            raise UnableToRead(f"{file} 已存在，不予覆盖。", f"{file} is there already and is not overwritten.")
    private, public = new_key()
    with os.fdopen(os.open(files[0], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(private)
    files[1].write_text(public, encoding="utf-8")
    words = "私钥 {0} 请妥善保管，公钥 {1} 交给采用方。" if language == "zh" else "Keep {0} to yourself; give {1} to those who adopt."
    OUT.print(words.format(*files), markup=False, soft_wrap=True)
