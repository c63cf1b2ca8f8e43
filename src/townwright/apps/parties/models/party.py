"""A firm, institution, public body or person in a zone's register."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class Party(ZoneScoped):
    """One legal or natural person, or a branch, as one zone's register knows it. ``key`` never changes."""

    class Kind(models.TextChoices):
        """What sort of party it is."""

        FIRM = "firm", _("Firm")
        BRANCH = "branch", _("Branch")
        INSTITUTION = "institution", _("Institution")
        PUBLIC_BODY = "public_body", _("Public body")
        PERSON = "person", _("Person")
        ALLIANCE = "alliance", _("Alliance")

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    name_normal = models.CharField(max_length=300, db_index=True)
    name_sound = models.CharField(max_length=600, db_index=True)
    name_initials = models.CharField(max_length=100, blank=True)
    legal_form = models.CharField(max_length=100, blank=True)
    registered_on = models.DateField(null=True)
    capital_amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    capital_currency = models.CharField(max_length=3, blank=True)
    capital_text = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=500, blank=True)
    business_scope = models.TextField(blank=True)
    sample = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    created_at = models.DateTimeField()

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "key"], name="parties_key_once")]
        indexes = [
            # The list by name, as far as any page, and who was merged: answered without reading rows, which are wide.
            models.Index(fields=["zone", "name", "key", "kind", "merged_into"], name="parties_listed"),
            models.Index(fields=["zone", "merged_into"], condition=models.Q(merged_into__isnull=False), name="parties_merged"),
            # What a search by part of a name must read of every party, beside each other.
            models.Index(
                fields=["zone", "kind", "name_normal", "name_initials", "name_en"],
                condition=models.Q(merged_into__isnull=True),
                name="parties_searched",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartyAlias(ZoneScoped):
    """Another name under which the party is known."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300)
    name_normal = models.CharField(max_length=300, db_index=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["party", "name"], name="parties_alias_once")]

    def __str__(self) -> str:
        return self.name
