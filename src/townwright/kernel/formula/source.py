"""YAML with its places kept: every value knows its line, and a key told twice is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from townwright.kernel.formula.findings import ERROR, Place, RulebookFinding, RulebookRefused
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.messages.parsers import yaml_problem
from townwright.kernel.formula.naming import hidden_character, normalised

# The C parser is ten times faster; it is missing only where PyYAML was built without libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST, DEEPEST, MOST_VALUES = 8_000_000, 40, 500_000


@dataclass(frozen=True, slots=True)
class Tree:
    """A loaded document: plain values, and the place of each by its path."""

    source: str
    value: Any
    places: dict[tuple[Any, ...], Place] = field(default_factory=dict)
    raw: dict[tuple[Any, ...], str] = field(default_factory=dict)
    keys: dict[tuple[Any, ...], Place] = field(default_factory=dict)

    def place(self, *path: Any) -> Place:
        """Return where the value at the path stands, or its nearest ancestor."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.source, 1))

    def key_place(self, *path: Any) -> Place:
        """Return where the key at the path stands, or the value's place."""
        return self.keys.get(path) or self.place(*path)


class _Builder:
    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.places: dict[tuple[Any, ...], Place] = {}
        self.keys: dict[tuple[Any, ...], Place] = {}
        self.raw: dict[tuple[Any, ...], str] = {}
        self.findings: list[RulebookFinding] = []
        self.loader = yaml.SafeLoader("")
        self.count = 0

    def place(self, mark: Any) -> Place:
        return Place(self.source, mark.line + 1, mark.column + 1)

    def build(self, node: Any, path: tuple[Any, ...]) -> Any:
        self.count += 1
        if self.count > MOST_VALUES:  # an alias that is repeated within aliases grows without end
            raise _refused(self.place(node.start_mark), "too-large", count=self.count, most=MOST_VALUES)
        self.places[path] = self.place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        raw = self.text[node.start_mark.index : node.end_mark.index]
        if node.style in ("|", ">"):
            raw = raw.partition("\n")[2]
            self.places[path] = Place(self.source, node.start_mark.line + 2, 1)
        if node.style in ("|", ">", None, ""):
            self.raw[path] = raw
        if node.style in ("'", '"'):
            self.places[path] = Place(self.source, node.start_mark.line + 1, node.start_mark.column + 2)
        if node.tag == "tag:yaml.org,2002:float":
            return node.value  # kept as text: figures are exact decimals here, never floats
        try:
            return self.loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.value  # such as the date 2021-02-30: what reads the value refuses it with its place

    def mapping(self, node: Any, path: tuple[Any, ...]) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.key(key_node)
            if key in built:
                self.findings.append(RulebookFinding.of(ERROR, self.place(key_node.start_mark), "duplicate-key", key=key))
            built[key] = self.build(value_node, (*path, key))
            self.keys[(*path, key)] = self.place(key_node.start_mark)
        return built

    def key(self, node: Any) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return str(node.start_mark.line)
        # YAML 1.1 reads the key `on` as true: a key is what is written, but for dates and numbers.
        if node.tag.endswith((":bool", ":null", ":float")):
            return node.value
        try:
            return self.loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.value


def _refused(place: Place, code: str, **words: object) -> RulebookRefused:
    return RulebookRefused([RulebookFinding.of(ERROR, place, code, **words)])


def _compose(text: str, source: str) -> Any:
    """Parse YAML; the depth is looked at first, for the parser of trees calls itself for each level."""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST:
                mark = event.start_mark
                place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source, 1)
                raise _refused(place, "yaml", problem=Said(f"嵌套超过 {DEEPEST} 层", f"more than {DEEPEST} levels deep"))
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source, 1)
        problem = getattr(fault, "problem", None) or str(fault)
        raise _refused(place, "yaml", problem=yaml_problem(problem)) from fault


def read_tree(text: str, source: str) -> Tree:
    """Read YAML text.

    Raises:
        RulebookRefused: the text is too long, holds unseen characters, is not YAML, is empty, or tells a key twice.
    """
    text = normalised(text.removeprefix("\ufeff"))
    if len(text) > LONGEST:
        raise _refused(Place(source, 1), "too-large", count=len(text), most=LONGEST)
    hidden = hidden_character(text)
    if hidden is not None:
        before = text[: hidden[0]]
        place = Place(source, before.count("\n") + 1, hidden[0] - (before.rfind("\n") + 1) + 1)
        raise RulebookRefused([RulebookFinding.told(ERROR, place, hidden[1])])
    node = _compose(text, source)
    if not isinstance(node, yaml.MappingNode):
        raise _refused(Place(source, 1), "not-a-rulebook")
    builder = _Builder(text, source)
    value = builder.build(node, ())
    if builder.findings:
        raise RulebookRefused(builder.findings)
    return Tree(source, value, builder.places, builder.raw, builder.keys)
