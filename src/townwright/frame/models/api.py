"""Keys to the API, and answers kept so that a request sent twice is carried out once."""

from django.conf import settings
from django.db import models

from townwright.frame.scoping import ZoneManager


class ApiToken(models.Model):
    """A person's key for programs: what it may at most, where, and until when. Only the secret's hash is kept.

    ``zone`` null means every zone in which the person holds a role. ``scopes`` are permissions or groups of them.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    zone = models.ForeignKey("zones.Zone", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80)
    start = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    records = models.Manager()
    objects = ZoneManager()

    class Meta:
        base_manager_name = "records"
        default_manager_name = "records"
        indexes = [models.Index(fields=["user", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"


class ApiAnswer(models.Model):
    """What a write with an Idempotency-Key was answered, for as long as a program may ask again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    records = models.Manager()

    class Meta:
        base_manager_name = "records"
        default_manager_name = "records"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="frame_api_answer_once")]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
