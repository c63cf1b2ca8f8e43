"""What of a zone the public sees, and the links by which a wall screen shows its board."""

from django.db import models

from townwright.frame.scoping import ZoneScoped


class Publication(ZoneScoped):
    """The public site of a zone: whether there is one, and what it shows.

    ``figures`` are codes of indicators and ``policies`` codes of rulebooks, in the order in which they are shown.
    ``period`` is the closed period whose figures are shown; "" is the newest. ``other_claims`` shows also published
    figures that the zone cannot measure. ``revision`` counts the changes.
    """

    published = models.BooleanField(default=False)
    figures = models.JSONField(default=list)
    policies = models.JSONField(default=list)
    period = models.CharField(max_length=10, blank=True)
    intro_zh = models.TextField(blank=True)
    intro_en = models.TextField(blank=True)
    other_claims = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone"], name="zones_publication_once")]

    def __str__(self) -> str:
        return f"{self.zone_id}: {'published' if self.published else 'not published'}"


class WallLink(ZoneScoped):
    """A link to the board that needs no account, for a screen on a wall. It reads only, and can be revoked.

    The address holds a signature over ``secret`` with the installation's key: who has the database alone cannot make it.
    """

    name = models.CharField(max_length=100)
    secret = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["zone", "name"], condition=models.Q(revoked_at=None), name="zones_wall_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
