"""A room that grows past its budget is split: files of 400 lines, functions of 50, classes of 250."""

import ast

from tests.repo.source import name, python_files, tree

FILE, FUNCTION, CLASS = 400, 50, 250
FOLDERS = ("src", "tests", "bench")


def test_files_stay_within_400_lines():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*FOLDERS)}
    assert lengths
    assert {path: lines for path, lines in lengths.items() if lines > FILE} == {}


def _too_long(kinds, limit):
    return {
        f"{name(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in python_files(*FOLDERS)
        for node in ast.walk(tree(path))
        if isinstance(node, kinds) and node.end_lineno - node.lineno + 1 > limit
    }


def test_functions_stay_within_50_lines():
    assert _too_long((ast.FunctionDef, ast.AsyncFunctionDef), FUNCTION) == {}


def test_classes_stay_within_250_lines():
    assert _too_long(ast.ClassDef, CLASS) == {}
