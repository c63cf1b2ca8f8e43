"""One Spark session for all tests on a cluster: starting Java takes longer than most of them."""

import os

import pytest

from tests.flows.conftest import zone  # noqa: F401 - a fixture

# Short jobs: Java's second compiler costs more than it brings.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """The engine on this machine, with two cores; a task that fails is tried once more."""
    from townwright.frame.cluster.engine import SparkEngine

    with SparkEngine.started(master="local[2,2]", scratch=tmp_path_factory.mktemp("scratch") / "with [signs]") as engine:
        yield engine
