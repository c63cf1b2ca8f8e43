"""A zone, and a receiver on this machine that the installation is allowed to reach."""

import pytest

from tests.flows.conftest import demo, zone  # noqa: F401 - fixtures
from tests.webhooks.receivers import listening


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_PRIVATE = True
    settings.WEBHOOKS_SECONDS = 2
    with listening() as told:
        yield told
