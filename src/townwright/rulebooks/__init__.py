"""Data shipped with the package: rulebooks, dataset definitions, claims, vocabulary."""

from importlib.resources import files

KINDS = ("policies", "classifications", "indicators")


def read_text(name: str) -> str:
    """Return the text of a data file, named from this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def listed(folder: str) -> list[str]:
    """Return the YAML files of a folder, by name."""
    return sorted(f"{folder}/{entry.name}" for entry in files(__package__).joinpath(folder).iterdir() if entry.name.endswith(".yaml"))


def packaged(*kinds: str) -> dict[str, str]:
    """Return file name → text of the packaged rulebooks of some kinds (default: all)."""
    return {name: read_text(name) for kind in kinds or KINDS for name in listed(kind)}
