"""Every packaged rulebook asks only for tables and columns that a snapshot offers, in their types and units."""

import pytest

from townwright.apps.filings.domain import read_definition
from townwright.apps.filings.selectors import table_offer
from townwright.apps.parties.selectors.offers import ALLIANCE, FIRM, IDENTIFIER, RELATION, TAG
from townwright.apps.zones.selectors.zones import ZONE_TABLE
from townwright.kernel.formula import load_rulebook
from townwright.kernel.formula.check_offers import check_offers
from townwright.rulebooks import listed, packaged, read_text

FILED = [table_offer(read_definition(read_text(name), name), "CNY") for name in listed("datasets")]
OFFERS = {offer.entity: offer for offer in (FIRM, TAG, ALLIANCE, IDENTIFIER, RELATION, ZONE_TABLE, *FILED)}


@pytest.mark.parametrize("name", sorted(packaged()))
def test_it_asks_for_what_is_offered(name):
    assert [str(one) for one in check_offers(load_rulebook(packaged()[name], source=name), OFFERS)] == []
