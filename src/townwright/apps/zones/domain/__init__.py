"""Pure arithmetic of the register of zones abroad."""

from townwright.apps.zones.domain.mentions import Mention, areas_in, investments_in
from townwright.apps.zones.domain.publishing import LONGEST_INTRO, PublicFace
from townwright.apps.zones.domain.review import Doubt, Entry, Review, review

__all__ = ["LONGEST_INTRO", "Doubt", "Entry", "Mention", "PublicFace", "Review", "areas_in", "investments_in", "review"]
