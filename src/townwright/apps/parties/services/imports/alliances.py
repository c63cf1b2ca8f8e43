"""Members of an alliance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from townwright.apps.parties.domain import name_keys
from townwright.apps.parties.domain.codes import normal_code
from townwright.apps.parties.models import AllianceMembership, Party
from townwright.apps.parties.services.imports.forms import ALLIANCE
from townwright.apps.parties.services.imports.register import Register
from townwright.apps.parties.services.matching import new_party
from townwright.frame.workbooks.forms import NOTE, REFUSED, Finding, SheetRow
from townwright.frame.workbooks.pipeline import ImportContext, Plan


class AllianceHandler:
    """Import of who joined an alliance when. Members from elsewhere are taken up as institutions."""

    form = ALLIANCE

    def prepare(self, rows: Sequence[SheetRow], context: ImportContext) -> Plan:
        """Decide for every row which member it is and what would change."""
        plan = Plan(work=[])
        register = Register(context.zone)
        held = {(row.party_id, row.alliance_id, row.joined_on): row for row in AllianceMembership.objects.in_zone(context.zone)}
        for row in rows:
            self._plan_row(row, register, held, plan, context)
        return plan

    def _plan_row(self, row: SheetRow, register: Register, held: dict[Any, Any], plan: Plan, context: ImportContext) -> None:
        values = row.values
        if values.get("left_on") and values["left_on"] <= values["joined_on"]:
            plan.findings.append(
                Finding(
                    REFUSED,
                    "span",
                    {
                        "zh": f"{values['name']}：退出日期不晚于加入日期，请更正。",
                        "en": f"{values['name']}: it cannot leave on or before the day it joined. Correct the dates.",
                    },
                    row.number,
                    "left_on",
                )
            )
            return
        alliance = self._party(register, values["alliance"], "", Party.Kind.ALLIANCE, context)
        member = self._party(register, values["name"], values.get("uscc") or "", Party.Kind.INSTITUTION, context)
        if member.pk is None and values.get("uscc") is None:
            plan.findings.append(
                Finding(
                    NOTE,
                    "outside",
                    {
                        "zh": f"“{values['name']}”不在名录中，按外部单位登记。",
                        "en": f"{values['name']!r} is not in the register; taken up as an institution from elsewhere.",
                    },
                    row.number,
                )
            )
        known = held.get((member.pk, alliance.pk, values["joined_on"])) if member.pk and alliance.pk else None
        fresh = AllianceMembership(
            zone=context.zone,
            party=member,
            alliance=alliance,
            joined_on=values["joined_on"],
            left_on=values.get("left_on"),
            founder=bool(values.get("founder")),
        )
        if known is None:
            plan.created += 1
            plan.work.append((fresh, None))
        elif (known.left_on, known.founder) != (fresh.left_on, fresh.founder):
            plan.updated += 1
            plan.work.append((fresh, known))
        else:
            plan.unchanged += 1

    def _party(self, register: Register, name: str, code: str, kind: str, context: ImportContext) -> Party:
        code = normal_code(code)
        found = register.by_code.get(("uscc", code)) if code else None
        normal = name_keys(name)[0]
        if found is None:
            same = [one for one in register.by_name.get(normal, []) if (one.kind == Party.Kind.ALLIANCE) == (kind == Party.Kind.ALLIANCE)]
            found = same[0] if same else None
        if found is not None:
            return register.resolve(found) if found.pk else found
        party = new_party(zone=context.zone, kind=kind, name=name, at=context.at)
        register.add(party)
        return party

    def land(self, plan: Plan, context: ImportContext) -> None:
        """Write the alliance and unknown members, then the memberships."""
        fresh = {id(party): party for row, _ in plan.work for party in (row.alliance, row.party) if party.pk is None}
        Party.records.bulk_create(fresh.values(), batch_size=2000)
        for row, known in plan.work:
            if known is not None:
                known.left_on, known.founder = row.left_on, row.founder
                known.save(update_fields=["left_on", "founder"])
        AllianceMembership.records.bulk_create([row for row, known in plan.work if known is None], batch_size=2000)
