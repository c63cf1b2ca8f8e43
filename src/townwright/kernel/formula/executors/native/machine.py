"""From assembly to a callable function, and the caches of both: in memory, and of object code in a folder that the caller names."""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import stat
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from townwright.kernel.formula.executors.native.text import ENTRY

Entry = Callable[[Any, Any, int, int], int]
# The oldest release whose LLVM reads what is written here.
LEAST = (0, 45)
_FILES = 500
_MARK = b"townwright object 1\n"


def find_llvm() -> Any | None:
    """Return llvmlite's binding, or None where it is not installed or too old."""
    try:
        package, binding = importlib.import_module("llvmlite"), importlib.import_module("llvmlite.binding")
    except (ImportError, OSError):
        return None
    version = tuple(int(part) for part in str(package.__version__).split(".")[:2] if part.isdigit())
    return binding if version >= LEAST else None


class Machine:
    """Compiles for the processor it runs on.

    Code is kept in memory as long as the machine is, and as files in ``folder`` if one is given: a file is named by the hash of
    the assembly, the versions and the processor, and holds its own hash. What does not fit is ignored and written anew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[Entry, Any]] = {}
        self._lock = Lock()
        self.compiled, self.reloaded = 0, 0
        # Programs made ready, for whoever runs them.
        self.programs: dict[Any, Any] = {}

    @cached_property
    def _llvm(self) -> Any | None:
        """The compiler, loaded when it is first needed."""
        llvm = find_llvm()
        if llvm is not None:
            llvm.initialize_native_target()
            llvm.initialize_native_asmprinter()
        return llvm

    @cached_property
    def _told(self) -> dict[str, Any]:
        """What the compiler is told of the processor."""
        assert self._llvm is not None
        features = self._llvm.get_host_cpu_features().flatten()
        return {"cpu": self._llvm.get_host_cpu_name(), "features": features, "opt": 2, "jit": True, "codemodel": "jitdefault"}

    @cached_property
    def converts(self) -> bool:
        """Whether the processor turns 64-bit integers into doubles at once."""
        assert self._llvm is not None
        return "+avx512dq" in self._told["features"] or self._llvm.get_default_triple().startswith(("aarch64", "arm64"))

    @cached_property
    def _about(self) -> str:
        assert self._llvm is not None
        versions = (importlib.import_module("llvmlite").__version__, *self._llvm.llvm_version_info)
        return "\n".join(map(str, (*versions, self._llvm.get_default_triple(), self._told["cpu"], self._told["features"])))

    @property
    def ready(self) -> bool:
        """Whether there is a compiler."""
        return self._llvm is not None

    def key(self, assembly: str) -> str:
        """Return the name under which the code of an assembly is kept."""
        return hashlib.sha256(f"{self._about}\n{assembly}".encode()).hexdigest()

    def function(self, assembly: str) -> Entry:
        """Return the entry function of an assembly, compiled or from a cache."""
        key = self.key(assembly)
        with self._lock:
            if key not in self._kept:
                code = self._stored(key)
                if code is None:
                    code = self._compile(assembly)
                    self._store(key, code)
                self._kept[key] = self._linked(code)
            return self._kept[key][0]

    def _target(self) -> Any:
        """Return a target machine; an engine takes the one that it is given for its own, so each gets another."""
        assert self._llvm is not None
        return self._llvm.Target.from_default_triple().create_target_machine(**self._told)

    def _compile(self, assembly: str) -> bytes:
        assert self._llvm is not None
        module = self._llvm.parse_assembly(assembly)
        module.verify()
        self.compiled += 1
        return bytes(self._target().emit_object(module))

    def _linked(self, code: bytes) -> tuple[Entry, Any]:
        assert self._llvm is not None
        engine = self._llvm.create_mcjit_compiler(self._llvm.parse_assembly(""), self._target())
        engine.add_object_file(self._llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        return kind(engine.get_function_address(ENTRY)), engine

    # Files.

    def _stored(self, key: str) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / f"{key}.o"
        try:
            if not _own(self._folder) or not _own(path):
                return None
            content = path.read_bytes()
        except OSError:
            return None
        code = content[len(_MARK) + 32 :]
        if not content.startswith(_MARK) or content[len(_MARK) : len(_MARK) + 32] != hashlib.sha256(code).digest():
            return None
        self.reloaded += 1
        return code

    def _store(self, key: str, code: bytes) -> None:
        """Write a file whole or not at all; a folder that cannot be written costs only the next compilation."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(_MARK + hashlib.sha256(code).digest() + code)
                Path(name).replace(self._folder / f"{key}.o")
                self._clear()
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            return

    def _clear(self) -> None:
        """Let go of the oldest files: code of rulebooks and rows that are long gone."""
        assert self._folder is not None
        files = list(self._folder.glob("*.o"))
        if len(files) > _FILES:
            for path in sorted(files, key=lambda one: one.stat().st_mtime)[: len(files) - _FILES]:
                path.unlink(missing_ok=True)


def _own(path: Path) -> bool:
    """Say whether only the one who runs this can have written the path: it holds code that will be run."""
    told = path.stat()
    return not hasattr(os, "getuid") or (told.st_uid == os.getuid() and not told.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
