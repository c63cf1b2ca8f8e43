"""Who holds which role in which zone, who is invited to one, and which account a person of the machine has."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class RoleAssignment(ZoneScoped):
    """A user holds a role in a zone; a firm's delegate also names the firm by its key, and what they may do for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20)
    party_key = models.CharField(max_length=120, blank=True)
    rights = models.JSONField(default=list)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["zone", "user", "role", "party_key"], name="frame_role_once"),
        ]
        indexes = [models.Index(fields=["zone", "party_key"], name="frame_role_of_firm", condition=~Q(party_key=""))]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.zone_id}"


class Invitation(ZoneScoped):
    """Somebody is asked by a link to take a role. The link's secret is kept only as its SHA-256.

    ``mailed`` says whether the link went to the address itself, which then is proven by its use, or was handed over.
    """

    class Status(models.TextChoices):
        """What became of it; one that has expired stays open and is refused by its day."""

        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    email = models.EmailField()
    role = models.CharField(max_length=20)
    party_key = models.CharField(max_length=120, blank=True)
    rights = models.JSONField(default=list)
    secret_hash = models.CharField(max_length=64)
    mailed = models.BooleanField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    invited_by = models.CharField(max_length=150)
    invited_by_label = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["zone", "email", "role", "party_key"], condition=Q(status="open"), name="frame_invitation_once")
        ]
        indexes = [models.Index(fields=["zone", "status", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.email}: {self.role} in {self.zone_id} {self.status}"


class SystemLogin(models.Model):
    """The account that a login of the operating system stands for at the command line."""

    login = models.CharField(max_length=100, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="system_logins")

    def __str__(self) -> str:
        return f"{self.login} → {self.user}"


class CalendarFeed(models.Model):
    """The address at which a person's calendar asks for the days of their firms. Its secret is kept only as its SHA-256."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}"
