"""The project's own Python files, as the repository tests read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def committed() -> tuple[Path, ...]:
    """Files that git tracks, and new ones that it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def python_files(*below: str) -> list[Path]:
    """Python files below the folders, without migrations."""
    roots = [ROOT / name for name in below]
    return [
        path
        for path in committed()
        if path.suffix == ".py" and "migrations" not in path.parts and any(path.is_relative_to(r) for r in roots)
    ]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """The file's name from the root of the repository."""
    return path.relative_to(ROOT).as_posix()
