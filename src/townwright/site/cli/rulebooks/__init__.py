"""``townwright rulebook …``: what authors of rulebooks do, without a database but for snapshots."""

from townwright.site.cli.rulebooks import checking, comparing, explaining, packing, writing
from townwright.site.cli.rulebooks.shared import rulebook_group

__all__ = ["checking", "comparing", "explaining", "packing", "rulebook_group", "writing"]
