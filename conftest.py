"""Set-up shared by every test: a data directory of their own, and what a marked test needs."""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest

# What an example may take is no matter of correctness, and a busy machine would fail it.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# Before Django reads its settings: tests never touch a person's own data directory.
_HOME = tempfile.mkdtemp(prefix="townwright-tests-")
os.environ["TOWNWRIGHT_HOME"] = _HOME
os.environ.setdefault("TOWNWRIGHT_SECRET_KEY", "only-for-tests")
os.environ.setdefault("TOWNWRIGHT_JOBS", "at-once")
# Named here and not in the project file: there the plugin would read the settings before the line above.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "townwright.site.settings")
# Playwright's synchronous interface runs an event loop in the test's thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

try:
    import django
except ModuleNotFoundError:
    # The kernel's tests run without the web framework.
    pass
else:
    django.setup()
    # A worker of a parallel run inherits the first process's settings with the variable: its directory is its own all the same.
    from django.conf import settings
    from django.utils import translation

    settings.TOWNWRIGHT_HOME = Path(_HOME)

    @pytest.fixture(autouse=True)
    def _language() -> None:
        """Begin every test in the default language: a page that a test asked for leaves its own behind."""
        translation.deactivate()


REQUIRED = set(filter(None, os.environ.get("TOWNWRIGHT_REQUIRE", "").split(",")))


def _chromium() -> str | None:
    return os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def _on_postgres() -> bool:
    return os.environ.get("TOWNWRIGHT_DATABASE_URL", "").startswith("postgres")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a person renew the figures kept in tests/baselines."""
    parser.addoption("--renew-baselines", action="store_true", help="Write tests/baselines anew; read the diff before committing it.")


def _spark() -> str:
    """Return why Spark cannot run here, "" if it can."""
    if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("pandas") is None:
        return "pip install --require-hashes -r requirements/spark.txt"
    java = shutil.which("java") or os.environ.get("JAVA_HOME")
    return "" if java else "install Java 17 or set JAVA_HOME"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, saying so; where the gate demands it, let it fail instead."""
    missing = {}
    if not _on_postgres():
        missing["postgres"] = "needs PostgreSQL: set TOWNWRIGHT_DATABASE_URL=postgres://…"
    if not _chromium():
        missing["browser"] = "needs Chromium: install it or set TOWNWRIGHT_CHROMIUM"
    if _spark():
        missing["spark"] = f"needs Apache Spark: {_spark()}"
    for item in items:
        for marker, reason in missing.items():
            if item.get_closest_marker(marker) and marker not in REQUIRED:
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_sessionfinish() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_HOME, ignore_errors=True)
