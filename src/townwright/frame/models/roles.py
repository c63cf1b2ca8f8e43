"""Who holds which role in which zone."""

from django.conf import settings
from django.db import models

from townwright.frame.scoping import ZoneScoped


class RoleAssignment(ZoneScoped):
    """A user holds a role in a zone; a firm's delegate also names the firm by its key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20)
    party_key = models.CharField(max_length=120, blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["zone", "user", "role", "party_key"], name="frame_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.zone_id}"
