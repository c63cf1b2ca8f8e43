"""Dated facts of a party. A span runs from its first day up to but without its last; null is open."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


def _span(start: str, end: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{end}__gt": models.F(start)}) | models.Q(**{end: None}), name=name)


class Identifier(ZoneScoped):
    """A code under a scheme. One that fails its check is ``warned`` until a person accepts it with a reason."""

    class Status(models.TextChoices):
        """What is known of the code."""

        OK = "ok", _("Checked")
        WARNED = "warned", _("Fails its check")
        ACCEPTED = "accepted", _("Accepted by a person")

    party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=30)
    value = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=Status)
    warning = models.JSONField(default=list)
    accepted_by = models.CharField(max_length=150, blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_reason = models.TextField(blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "scheme", "value"], name="parties_identifier_once")]
        indexes = [
            models.Index(fields=["zone", "value", "party"], name="parties_coded"),
            models.Index(fields=["party", "scheme", "id", "value", "status"], name="parties_code_of"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class IndustryCode(ZoneScoped):
    """An industry code with its edition, in force from a date."""

    party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="industries")
    scheme = models.CharField(max_length=20)
    edition = models.CharField(max_length=10)
    code = models.CharField(max_length=10)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["party", "scheme", "from_on"], name="parties_industry_once"),
            _span("from_on", "to_on", "parties_industry_span"),
        ]
        indexes = [
            models.Index(fields=["zone", "scheme", "edition", "code"], name="parties_industries"),
            models.Index(fields=["party", "from_on", "to_on", "code", "scheme", "edition"], name="parties_industry_of"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}-{self.edition} {self.code}"


class Tag(ZoneScoped):
    """A town's own mark on a party, such as 涉云, in force from a date."""

    party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=60)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["party", "tag", "from_on"], name="parties_tag_once"),
            _span("from_on", "to_on", "parties_tag_span"),
        ]
        indexes = [
            models.Index(fields=["zone", "tag"]),
            models.Index(fields=["party", "tag", "from_on", "to_on"], name="parties_tag_of"),
        ]

    def __str__(self) -> str:
        return self.tag


class ZoneMembership(ZoneScoped):
    """A stay in the zone: arrival, and leaving."""

    party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="stays")
    arrived_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["party", "arrived_on"], name="parties_stay_once"),
            _span("arrived_on", "left_on", "parties_stay_span"),
        ]
        indexes = [
            models.Index(fields=["zone", "arrived_on"]),
            models.Index(fields=["party", "arrived_on", "left_on"], name="parties_stay_of"),
        ]

    def __str__(self) -> str:
        return f"{self.arrived_on}–{self.left_on or ''}"


class AllianceMembership(ZoneScoped):
    """Membership of an alliance, which is itself a party."""

    party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="alliances")
    alliance = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="members")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)
    founder = models.BooleanField(default=False)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["party", "alliance", "joined_on"], name="parties_alliance_once"),
            _span("joined_on", "left_on", "parties_alliance_span"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} in {self.alliance_id}"


class Relation(ZoneScoped):
    """A dated relation between two parties, such as a branch and its parent. Kinds are data: see the vocabulary."""

    from_party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="relations")
    to_party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="related_from")
    kind = models.CharField(max_length=30)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["from_party", "to_party", "kind", "from_on"], name="parties_relation_once"),
            # Two rows without a first day are not equal to the database, so that the line above lets them pass.
            models.UniqueConstraint(
                fields=["from_party", "to_party", "kind"], condition=models.Q(from_on=None), name="parties_relation_undated_once"
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__gt=models.F("from_on")) | models.Q(to_on=None) | models.Q(from_on=None),
                name="parties_relation_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_party_id} {self.kind} {self.to_party_id}"
