"""``townwright rulebook new``, ``doc``, ``schema`` and ``import-openfisca``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from townwright.kernel.formula.document import document, to_html, to_markdown
from townwright.kernel.formula.openfisca import import_openfisca
from townwright.kernel.formula.schema import rulebook_schema
from townwright.kernel.formula.skeleton import SKELETONS, skeleton
from townwright.site.cli.frame import NOISE, OUT, emit, verb
from townwright.site.cli.rulebooks.shared import JSON, UnableToRead, book_of, rulebook_group, text_of

OUTPUT = click.option("--output", default="", metavar="FILE", help="Write here (default: standard output).")


def _put(text: str, output: str, *, fresh: bool = False) -> None:
    """Write a file, or standard output; a file that is there is not overwritten where ``fresh`` is asked."""
    if not output:
        click.echo(text, nl=False)
        return
    path = Path(output)
    if fresh and path.exists():
        raise UnableToRead(f"{output} 已存在，不予覆盖。", f"{output} is there already and is not overwritten.")
    path.write_text(text, encoding="utf-8")


@rulebook_group.command()
@click.argument("code")
@click.option(
    "--kind", type=click.Choice(sorted(SKELETONS)), default="policy", show_default=True, help="What kind of rulebook to begin with."
)
@click.option("--output", default="", metavar="FILE", help="Write here (default: CODE.yaml); '-' is standard output.")
@JSON
@verb(needs_database=False)
def new(code: str, kind: str, output: str, as_json: bool, language: str) -> None:
    """Write a rulebook to begin with: it checks, its cases pass, its comments say what to put where."""
    text, target = skeleton(code, kind, language), output or f"{code}.yaml"
    if target == "-":
        click.echo(text, nl=False)
        return
    _put(text, target, fresh=True)
    following = f"townwright rulebook check {target} && townwright rulebook test {target}"
    emit(
        {"file": target, "rulebook": code, "kind": kind, "next": following},
        as_json=as_json,
        show=lambda: OUT.print(f"{target}  →  {following}", markup=False, soft_wrap=True),
    )


@rulebook_group.command()
@click.argument("file", metavar="FILE|CODE")
@click.option(
    "--format", "form", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True, help="Form of the document."
)
@OUTPUT
@JSON
@verb(needs_database=False)
def doc(file: str, form: str, output: str, as_json: bool, language: str) -> None:
    """Render a rulebook as a document in the language of --language."""
    book = book_of(file)
    blocks = document(book, language)
    text = to_html(blocks, language=language) if form == "html" else to_markdown(blocks)
    if as_json:
        emit({"file": file, "rulebook": book.code, "format": form, "language": language, "text": text}, as_json=True, show=lambda: None)
        return
    _put(text, output)


@rulebook_group.command()
@OUTPUT
@verb(needs_database=False)
def schema(output: str, language: str) -> None:
    """Print the JSON Schema of rulebook files, for editors."""
    _put(json.dumps(rulebook_schema(), indent=1, ensure_ascii=False) + "\n", output)


@rulebook_group.command(name="import-openfisca")
@click.argument("file", metavar="FILE")
@OUTPUT
@JSON
@verb(needs_database=False)
def openfisca(file: str, output: str, as_json: bool, language: str) -> None:
    """Turn an OpenFisca parameter file (values or brackets) into parameters and tables of a rulebook."""
    text, source = text_of(file)
    taken = import_openfisca(text, source=Path(source).name, name=Path(source).stem, language=language)
    notes = [note.text(language) for note in taken.notes]
    if as_json:
        told = {"file": file, "parameters": taken.parameters, "tables": taken.tables, "notes": notes, "text": taken.text}
        emit(told, as_json=True, show=lambda: None)
        return
    _put(taken.text, output)
    for note in notes:
        NOISE.print(note, markup=False, soft_wrap=True)
