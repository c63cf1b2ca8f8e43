"""The product's settings, with the bare view beside its addresses."""

from townwright.site.settings import *  # noqa: F403

ROOT_URLCONF = "townwright.site.bench.urls"
