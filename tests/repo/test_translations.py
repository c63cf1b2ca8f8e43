"""Every user-visible word is in both languages: an untranslated one fails here."""

import ast
from pathlib import Path

import click
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel_click import extract_click

from tests.repo.source import ROOT

SOURCE = ROOT / "src" / "townwright"
# The help of the command line stands in docstrings and ``help=``; the words of its parser are translated with ours.
METHODS = [("site/cli/**.py", extract_click), ("**.py", "python"), ("**/templates/**.html", "django")]
PARSER = Path(click.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}


def _wanted():
    for _name, _line, message, _comments, _context in extract_from_dir(
        str(SOURCE), METHODS, {"**/templates/**.html": {"encoding": "utf-8"}}, KEYWORDS
    ):
        yield message[0] if isinstance(message, tuple) else message
    for _name, _line, message, _comments, _context in extract_from_dir(str(PARSER), [("**.py", "python")], {}, KEYWORDS):
        yield message[0] if isinstance(message, tuple) else message


def test_the_chinese_catalogue_is_complete():
    with (SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as stream:
        catalogue = read_po(stream)
    told = {(one.id[0] if isinstance(one.id, tuple) else one.id): one for one in catalogue if one.id}
    wanted = {message for message in _wanted() if message}
    assert len(wanted) > 100
    assert {"Options", "No such command {name!r}.", "Give people accounts and roles in a zone.", "FIELD=HEADER"} <= wanted
    untranslated = [
        m
        for m in sorted(wanted)
        if m not in told or told[m].fuzzy or not (told[m].string if isinstance(told[m].string, str) else all(told[m].string))
    ]
    assert untranslated == []


def test_no_message_hides_in_an_f_string():
    """Whether a message inside an f-string is collected depends on the Python that collects it: before 3.12 it is not."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call)}"
        for path in sorted(SOURCE.rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]
    assert hidden == []
