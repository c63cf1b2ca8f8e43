"""Returns from a workbook: whose, for when, checked against the register and against last year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from townwright.apps.filings.domain import canonical, check_values, stay_fault
from townwright.apps.filings.models import Filing, FilingVersion
from townwright.apps.filings.selectors import definition, last_values, sheet_form
from townwright.apps.parties.selectors import party_finder, stays_by_party
from townwright.frame.workbooks.forms import REFUSED, Finding, SheetRow
from townwright.frame.workbooks.pipeline import ImportContext, Plan
from townwright.kernel.values.period import Period, UnableToReadPeriod

BATCH = 1000
_MONTH = re.compile(r"^(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?$")


class FilingHandler:
    """Import of one dataset's returns. Options: ``period`` for files that tell none, ``status`` (accepted by default)."""

    def __init__(self, dataset: str, currency: str) -> None:
        self.definition = definition(dataset)
        self.form = sheet_form(dataset, currency)

    def prepare(self, rows: Sequence[SheetRow], context: ImportContext) -> Plan:
        """Decide for every row whose return it is and what would change."""
        plan = Plan(work=[])
        find, stays = party_finder(context.zone), stays_by_party(context.zone)
        told = [(row, self._period(row, context, plan)) for row in rows]
        periods = {period for _, period in told if period is not None}
        step = {"year": -1, "quarter": -4, "month": -12}[self.definition.grain]
        last = last_values(context.zone, self.definition.name, {str(period.shift(step)) for period in periods})
        known = {
            (one.party_id, one.period): one
            for one in Filing.objects.in_zone(context.zone).filter(dataset=self.definition.name, period__in={str(period) for period in periods})
        }  # fmt: skip
        taken: dict[tuple[int, str], int] = {}
        for count, (row, period) in enumerate(told, 1):
            if count % 500 == 0:
                context.tell(count, len(rows), "prepare")
            party = self._party(row, find, plan) if period is not None else None
            if party is None or period is None:
                continue
            if (party.pk, str(period)) in taken:
                self._refuse(
                    plan,
                    row,
                    "twice",
                    f"{party.name}在第{taken[party.pk, str(period)]}行已有{period}的数据，请只留一行。",
                    f"{party.name} has a row for {period} already (row {taken[party.pk, str(period)]}). Keep one.",
                )
                continue
            taken[party.pk, str(period)] = row.number
            fault = stay_fault(stays.get(party.pk, []), period)
            if fault:
                zh, en = "请删去本行，或更正入驻、迁出日期。", "Take the row out, or correct the days it came and left."
                self._refuse(plan, row, "not-here", f"{party.name}：{fault['zh']}{zh}", f"{party.name}: {fault['en']} {en}")
                continue
            self._plan_row(
                plan, row, party, period, last.get((party.pk, str(period.shift(step)))), known.get((party.pk, str(period))), context
            )
        return plan

    def _plan_row(
        self, plan: Plan, row: SheetRow, party: Any, period: Period, last: Any, known: Filing | None, context: ImportContext
    ) -> None:
        fields = self.definition.fields
        told = check_values(self.definition, row.values, last)
        for severity, name, message in told:
            plan.findings.append(
                Finding(
                    severity, "check", {"zh": f"{party.name}：{message['zh']}", "en": f"{party.name}: {message['en']}"}, row.number, name
                )
            )
        if any(severity == REFUSED for severity, _, _ in told):
            return
        given = {field.name: canonical(field, row.values[field.name]) for field in fields if field.name in row.values}
        status = context.options.get("status") or Filing.Status.ACCEPTED
        if known is None:
            plan.created += 1
            values = {field.name: given.get(field.name) for field in fields}
            plan.work.append((None, party, period, values, status))
            return
        values = {**known.values, **given}
        if values == known.values and known.status == status:
            plan.unchanged += 1
            return
        plan.updated += 1
        plan.work.append((known, party, period, values, status))

    def _refuse(self, plan: Plan, row: SheetRow, code: str, zh: str, en: str) -> None:
        who = str(row.values.get("name") or row.values.get("uscc") or "")
        if who and who not in zh:
            zh, en = f"{who}：{zh}", f"{who}: {en}"
        plan.findings.append(Finding(REFUSED, code, {"zh": zh, "en": en}, row.number))

    def _party(self, row: SheetRow, find: Any, plan: Plan) -> Any:
        code, name = row.values.get("uscc"), row.values.get("name")
        if not code and not name:
            self._refuse(plan, row, "nobody", "本行没有企业名称和代码，不知是谁的数据。", "The row names no firm and no code: whose is it?")
            return None
        party = find(code, name)
        if party is None:
            who = name or code
            self._refuse(
                plan,
                row,
                "unknown-firm",
                f"名录中没有“{who}”（代码{code or '未填'}），请先导入名录或更正。",
                f"{who} (code {code or 'none'}) is not in the register. Import the register first, or correct the row.",
            )
        return party

    def _period(self, row: SheetRow, context: ImportContext, plan: Plan) -> Period | None:
        text = str(row.values.get("period") or context.options.get("period") or "").strip()
        month = _MONTH.match(text)
        try:
            period = Period.parse(f"{month.group(1)}-{month.group(2)}" if month else text.rstrip("年度"))
        except UnableToReadPeriod:
            self._refuse(
                plan,
                row,
                "period",
                f"期间“{text}”无法识别，请写成2016或2016-03，或在导入时指定期间。",
                f"{text!r} is not a period: write 2016 or 2016-03, or name the period for the whole file.",
            )
            return None
        if period.grain != self.definition.grain:
            self._refuse(
                plan,
                row,
                "grain",
                f"本表按{self.definition.grain}申报，“{text}”不合。",
                f"This dataset is filed for a {self.definition.grain}; {text!r} is a {period.grain}.",
            )
            return None
        return period

    def land(self, plan: Plan, context: ImportContext) -> None:
        """Write new returns, and corrections with what they replace."""
        made, versions, changed = [], [], []
        for known, party, period, values, status in plan.work:
            decided = {"decided_at": context.at, "decided_by": context.actor.name} if status == Filing.Status.ACCEPTED else {}
            if known is None:
                made.append(
                    Filing(
                        zone=context.zone,
                        party=party,
                        dataset=self.definition.name,
                        period=str(period),
                        period_start=period.start,
                        period_end=period.end,
                        status=status,
                        values=values,
                        submitted_at=context.at,
                        **decided,
                    )
                )
                continue
            versions.append(
                FilingVersion(
                    zone=context.zone,
                    filing=known,
                    version=known.version,
                    values=known.values,
                    replaced_at=context.at,
                    replaced_by=context.actor.name,
                    reason="import",
                )
            )
            known.values, known.status, known.version = values, status, known.version + 1
            for name, value in decided.items():
                setattr(known, name, value)
            changed.append(known)
        total, done = len(made) + len(versions) + len(changed), 0
        for rows, keep in (
            (made, Filing.records.bulk_create), (versions, FilingVersion.records.bulk_create),
            (changed, lambda part: Filing.records.bulk_update(part, ["values", "status", "version", "decided_at", "decided_by"], batch_size=200)),
        ):  # fmt: skip
            for start in range(0, len(rows), BATCH):
                keep(rows[start : start + BATCH])
                done += len(rows[start : start + BATCH])
                context.tell(done, total, "land")
