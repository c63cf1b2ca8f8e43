"""Rules of the house that no linter knows."""

import ast
import re

from tests.repo.source import ROOT, committed, name, python_files, tree

# Written in pieces so that this file does not hold what it forbids.
HOSTS = re.compile(
    "|".join([r"py" r"pi\.org", r"python" r"hosted", r"registry\.npm" r"js", r"deb\.deb" r"ian", r"/wo" r"rk/", r"/fa" r"rm/"])
)
TEXT = {".py", ".toml", ".txt", ".in", ".json", ".md", ".yaml", ".yml", ".html", ".js", ".ts", ".css", ".sh", ".cfg", ""}


def test_no_registry_host_or_machine_path_is_committed():
    found = {
        f"{name(path)}:{number}": line.strip()[:120]
        for path in committed()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if HOSTS.search(line)
    }
    assert found == {}


def test_no_third_party_asset_is_committed():
    assert [name(path) for path in committed() if ".min." in path.name or "node_modules" in path.parts] == []


def _dataclass_keywords(node):
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        called = call.func if call else decorator
        if getattr(called, "id", getattr(called, "attr", "")) == "dataclass":
            yield {keyword.arg: getattr(keyword.value, "value", None) for keyword in (call.keywords if call else [])}


def test_kernel_and_domain_dataclasses_are_frozen_and_slotted():
    loose = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python_files("src/townwright")
        if "kernel" in path.parts or path.stem == "domain" or "domain" in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        for keywords in _dataclass_keywords(node)
        if not (keywords.get("frozen") and keywords.get("slots"))
    ]
    assert loose == []


def test_no_float_field_holds_a_figure():
    floats = [
        f"{name(path)}:{node.lineno}"
        for path in python_files("src/townwright/apps", "src/townwright/frame")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"FloatField", "float64", "float32"}
    ]
    assert floats == []


def test_no_in_function_signal_handlers():
    assert [
        name(path) for path in python_files("src/townwright") if re.search(r"\b(post|pre)_save\b", path.read_text(encoding="utf-8"))
    ] == []


def test_every_decision_is_numbered_once():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers
    assert len(numbers) == len(set(numbers))
