"""What Babel collects of the command line: its messages, and the help that stands in docstrings and ``help=``."""

import ast
import inspect
import io

from babel.messages.extract import extract_python

_TEXTS = ("help", "short_help", "epilog", "metavar")


def extract_click(fileobj, keywords, comment_tags, options):
    """Yield (line, function, message, comments) of a module of the command line."""
    source = fileobj.read()
    yield from extract_python(io.BytesIO(source), keywords, comment_tags, options)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(_named(one) in ("command", "group") for one in node.decorator_list):
            told = ast.get_docstring(node)
            if told:
                yield node.lineno, None, told, []
        elif isinstance(node, ast.Call) and _named(node) in ("option", "argument", "command", "group", "version_option"):
            yield from _parameter(node)


def _parameter(call):
    told = {one.arg: one.value.value for one in call.keywords if isinstance(one.value, ast.Constant)}
    for name in _TEXTS:
        if told.get(name):
            yield call.lineno, None, inspect.cleandoc(told[name]), []
    if _named(call) == "argument" and call.args and isinstance(call.args[0], ast.Constant):
        yield call.lineno, None, call.args[0].value.upper(), []


def _named(node):
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
