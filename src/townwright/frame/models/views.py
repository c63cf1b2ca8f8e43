"""Ways of looking at a list that a person keeps."""

from django.conf import settings
from django.db import models

from townwright.frame.scoping import ZoneScoped


class SavedView(ZoneScoped):
    """A list's filter, order and columns under a name: one person's own, in one zone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    listing = models.CharField(max_length=60)
    title = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "user", "listing", "title"], name="frame_view_once")]

    def __str__(self) -> str:
        return f"{self.listing}: {self.title}"
