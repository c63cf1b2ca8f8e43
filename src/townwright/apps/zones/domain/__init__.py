"""Pure arithmetic of the register of zones abroad."""

from townwright.apps.zones.domain.mentions import Mention, areas_in, investments_in
from townwright.apps.zones.domain.review import Doubt, Entry, Review, review

__all__ = ["Doubt", "Entry", "Mention", "Review", "areas_in", "investments_in", "review"]
