"""The API's root: which rooms it has, and where it stands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from townwright import __version__
from townwright.apps.filings.api import router as filings
from townwright.apps.incentives.api import router as incentives
from townwright.apps.indicators.api import router as indicators
from townwright.apps.parties.api import router as parties
from townwright.apps.snapshots.api import router as snapshots
from townwright.apps.zones.api import router as zones
from townwright.frame.api import TownAPI
from townwright.site.api.audit import router as audit
from townwright.site.api.closing import router as closing
from townwright.site.api.imports import router as imports
from townwright.site.api.jobs import router as jobs
from townwright.site.api.me import router as me
from townwright.site.api.search import router as search

DESCRIPTION = _("Everything that the pages of Townwright offer, under the same permissions. Send a token: Authorization: Bearer tw_….")
# Higher floors first: what they hang below a party's address must be tried before the party's own.
api = TownAPI(
    me, search, audit, jobs, imports, closing, incentives, indicators, snapshots, filings, parties, zones,
    title="Townwright", version=__version__, description=DESCRIPTION,
)  # fmt: skip
