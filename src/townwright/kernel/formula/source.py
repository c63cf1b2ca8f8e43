"""YAML with its places kept: every value knows its line, and a key told twice is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from townwright.kernel.formula.findings import ERROR, Place, RulebookFinding, RulebookRefused


@dataclass(frozen=True, slots=True)
class Tree:
    """A loaded document: plain values, and the place of each by its path."""

    source: str
    value: Any
    places: dict[tuple[Any, ...], Place] = field(default_factory=dict)
    raw: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def place(self, *path: Any) -> Place:
        """Return where the value at the path stands, or its nearest ancestor."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.source, 1))


class _Builder:
    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.places: dict[tuple[Any, ...], Place] = {}
        self.raw: dict[tuple[Any, ...], str] = {}
        self.findings: list[RulebookFinding] = []
        self.loader = yaml.SafeLoader("")

    def place(self, mark: Any) -> Place:
        return Place(self.source, mark.line + 1, mark.column + 1)

    def build(self, node: Any, path: tuple[Any, ...]) -> Any:
        self.places[path] = self.place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        raw = self.text[node.start_mark.index : node.end_mark.index]
        if node.style in ("|", ">"):
            raw = raw.partition("\n")[2]
            self.places[path] = Place(self.source, node.start_mark.line + 2, 1)
        if node.style in ("|", ">", None):
            self.raw[path] = raw
        if node.tag == "tag:yaml.org,2002:float":
            return node.value  # kept as text: figures are exact decimals here, never floats
        return self.loader.construct_object(node)

    def mapping(self, node: Any, path: tuple[Any, ...]) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            # YAML 1.1 reads the key `on` as true: a key is what is written, but for dates and numbers.
            key = key_node.value if key_node.tag.endswith((":bool", ":null")) else self.loader.construct_object(key_node)
            if key in built:
                self.findings.append(
                    RulebookFinding(
                        ERROR,
                        self.place(key_node.start_mark),
                        f"the key {key!r} stands here a second time.",
                        "Keep one of the two.",
                        "duplicate-key",
                    )
                )
            built[key] = self.build(value_node, (*path, key))
            self.places.setdefault((*path, key), self.place(key_node.start_mark))
        return built


def read_tree(text: str, source: str) -> Tree:
    """Read YAML text.

    Raises:
        RulebookRefused: the text is not YAML, is empty, or tells a key twice.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source, 1)
        problem = getattr(fault, "problem", None) or str(fault)
        raise RulebookRefused([RulebookFinding(ERROR, place, f"this is not YAML: {problem}.", code="yaml")]) from fault
    if not isinstance(node, yaml.MappingNode):
        raise RulebookRefused([RulebookFinding(ERROR, Place(source, 1), "a rulebook is a mapping of keys to values.", code="shape")])
    builder = _Builder(text, source)
    value = builder.build(node, ())
    if builder.findings:
        raise RulebookRefused(builder.findings)
    return Tree(source, value, builder.places, builder.raw)
