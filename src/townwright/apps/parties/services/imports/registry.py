"""The register of firms: every row lands or is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from townwright.apps.parties.domain import edition_told, industry_section, is_branch_name, name_keys, parse_capital
from townwright.apps.parties.domain.capital import UnableToReadCapital
from townwright.apps.parties.domain.industries import UnknownIndustry
from townwright.apps.parties.models import Identifier, IndustryCode, MergeSuggestion, Party, PartyAlias, Relation, Tag, ZoneMembership
from townwright.apps.parties.selectors.vocabulary import tag_slug
from townwright.apps.parties.services.imports.forms import REGISTRY
from townwright.apps.parties.services.imports.register import Register
from townwright.apps.parties.services.matching import alike, branch_relation, may_be, new_party, read_code, suggestion
from townwright.frame.workbooks.forms import NOTE, REFUSED, WARNED, Finding, SheetRow
from townwright.frame.workbooks.pipeline import ImportContext, Plan

PLAIN = ("name_en", "registered_on", "legal_form", "address", "business_scope")
BATCH = 2000


@dataclass(slots=True)
class Draft:
    """What one row would make. Mutable while it is planned."""

    party: Party
    new: bool
    changed: list[str] = field(default_factory=list)
    identifier: Identifier | None = None
    alias: str = ""
    stay: ZoneMembership | None = None
    stay_changed: ZoneMembership | None = None
    industry: IndustryCode | None = None
    tags: list[Tag] = field(default_factory=list)
    suggest: list[tuple[Party, Any]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Something would be written for a party that is known already."""
        return bool(self.changed or self.identifier or self.alias or self.stay or self.stay_changed or self.industry or self.tags)


class RegistryHandler:
    """Import of the register of firms, branches and other parties."""

    form = REGISTRY

    def prepare(self, rows: Sequence[SheetRow], context: ImportContext) -> Plan:
        """Decide for every row which party it is and what would change."""
        plan = Plan(work=[])
        self.register = Register(context.zone)
        self.held = _held(context.zone)
        self.told: dict[tuple[Any, str], tuple[Any, int]] = {}
        assumed = self.homely = 0
        for count, row in enumerate(rows, 1):
            if count % 2000 == 0:
                context.tell(count, len(rows), "prepare")
            draft = self._draft(row, context, plan)
            if draft is None:
                continue
            assumed += bool(draft.stay is not None and not row.values.get("arrived_on"))
            if draft.new:
                plan.created += 1
            elif draft.changes:
                plan.updated += 1
            else:
                plan.unchanged += 1
            if draft.new or draft.changes:
                plan.work.append(draft)
        if self.homely:
            zh = f"{self.homely}家的注册资本未写币种，按{context.zone.currency}计。"
            en = f"{self.homely} rows write their capital without a currency; read as {context.zone.currency}."
            plan.findings.append(Finding(NOTE, "capital-assumed", {"zh": zh, "en": en}))
        if assumed:
            plan.findings.append(
                Finding(
                    NOTE,
                    "arrival-assumed",
                    {
                        "zh": f"{assumed}家没有入驻日期，以成立日期计。",
                        "en": f"{assumed} rows tell no arrival; the date of registration was taken.",
                    },
                )
            )
        return plan

    def _draft(self, row: SheetRow, context: ImportContext, plan: Plan) -> Draft | None:
        values, zone = row.values, context.zone
        scheme = (values.get("scheme") or "uscc").lower()
        read = read_code(values.get("uscc"), scheme)
        code = read.value
        for warning in read.warnings:
            message = {
                language: f"{values['name']}：{text}" if language == "zh" else f"{values['name']}: {text}"
                for language, text in warning.items()
            }
            plan.findings.append(Finding(WARNED, "code", message, row.number, "uscc", code))
        party = self._known(values, scheme, code)
        draft = Draft(party or self._new_party(values, scheme, code, context), new=party is None)
        if party is None:
            self._compare(draft, row, plan)
            self.register.by_code.update({(scheme, code): draft.party} if code else {})
            self.register.by_key[draft.party.key] = draft.party
            self.register.add(draft.party)
        elif values["name"] != party.name and (_who(party), values["name"]) not in self.held["aliases"]:
            draft.alias = values["name"]
            self.held["aliases"].add((_who(party), values["name"]))
            plan.findings.append(_other_name(party.name, values["name"], code, row.number))
        if code and (scheme, code) not in self.held["codes"]:
            draft.identifier = Identifier(
                zone=zone, party=draft.party, scheme=scheme, value=code, status=read.status, warning=list(read.warnings)
            )
            self.held["codes"].add((scheme, code))
        self._plain(draft, row, plan)
        return self._dated(draft, row, context, plan)

    def _known(self, values: Any, scheme: str, code: str) -> Party | None:
        if code:
            found = self.register.by_code.get((scheme, code))
            return self.register.resolve(found) if found is not None else None
        same = self.register.by_name.get(name_keys(values["name"])[0], [])
        return self.register.resolve(same[0]) if same else None

    def _new_party(self, values: Any, scheme: str, code: str, context: ImportContext) -> Party:
        told = (values.get("kind") or "").lower()
        branch = is_branch_name(values["name"]) or is_branch_name(values.get("legal_form") or "")
        kind = told if told in Party.Kind.values else Party.Kind.BRANCH if branch else Party.Kind.FIRM
        return new_party(
            zone=context.zone, kind=kind, name=values["name"], at=context.at, scheme=scheme, code=code, sample=bool(values.get("sample"))
        )

    def _compare(self, draft: Draft, row: SheetRow, plan: Plan) -> None:
        """Suggest merges with parties that share the name or its sound; a person decides."""
        party = draft.party
        near = (*self.register.by_name.get(party.name_normal, []), *self.register.by_sound.get(party.name_sound, []))
        draft.suggest = alike(party, near)
        for other, told in draft.suggest:
            plan.findings.append(Finding(WARNED, "may-be-known", may_be(party, other, told), row.number, "name"))

    def _plain(self, draft: Draft, row: SheetRow, plan: Plan) -> None:
        values, party = row.values, draft.party
        told = {name: values[name] for name in PLAIN if values.get(name) is not None}
        if told.get("legal_form", "").upper() == "N/A":
            del told["legal_form"]
        if values.get("capital"):
            told["capital_text"] = values["capital"]
            try:
                capital = parse_capital(values["capital"], home=party.zone.currency)
            except UnableToReadCapital:
                plan.findings.append(
                    Finding(
                        WARNED,
                        "capital",
                        {
                            "zh": f"{party.name}：注册资本“{values['capital']}”无法识别，原文保留。",
                            "en": f"{party.name}: no amount can be read from {values['capital']!r}; the text is kept.",
                        },
                        row.number,
                        "capital",
                    )
                )
                capital = None
            if capital is not None:
                told["capital_amount"], told["capital_currency"] = capital.amount, capital.currency or ""
                self.homely += bool(capital.note and capital.currency)
        self._take(draft, told, row, plan)

    def _take(self, draft: Draft, told: dict[str, Any], row: SheetRow, plan: Plan) -> None:
        """Take what the row tells of its party, where no row before it tells otherwise: the file does not argue with itself."""
        party, left_out = draft.party, []
        for name, value in told.items():
            before, number = self.told.setdefault((_who(party), name), (value, row.number))
            if before != value:
                left_out.append((name, number))
            elif getattr(party, name) != value:
                setattr(party, name, value)
                draft.changed.append(name)
        if left_out:
            plan.findings.append(_told_otherwise(party.name, left_out, row.number))

    def _dated(self, draft: Draft, row: SheetRow, context: ImportContext, plan: Plan) -> Draft | None:
        values, party, zone = row.values, draft.party, context.zone
        arrived, left = values.get("arrived_on") or values.get("registered_on"), values.get("left_on")
        if arrived and left and left <= arrived:
            plan.findings.append(_bad_span(party.name, arrived, left, row.number))
            return None
        if arrived and not self._stay(draft, row, arrived, left, plan):
            arrived = None
        arrived = arrived or self.held["since"].get(_who(party))
        if not arrived and (values.get("tags") or values.get("industry_code")):
            zh = f"{party.name}：没有入驻日期和成立日期，标签和行业代码无从起算，未采用。请补填日期。"
            en = f"{party.name}: no day of arrival or registration from which tags and industry code could hold; they are not taken. Fill one in."
            plan.findings.append(Finding(WARNED, "no-date", {"zh": zh, "en": en}, row.number, "arrived_on"))
        self._industry(draft, row, plan, arrived, zone)
        for word in (values.get("tags") or "").replace("、", ";").replace("；", ";").replace("，", ";").replace(",", ";").split(";"):
            slug = tag_slug(word)
            if slug and arrived and (_who(party), slug) not in self.held["tags"]:
                self.held["tags"].add((_who(party), slug))
                draft.tags.append(Tag(zone=zone, party=party, tag=slug, from_on=arrived, to_on=None))
        return draft

    def _stay(self, draft: Draft, row: SheetRow, arrived: Any, left: Any, plan: Plan) -> bool:
        """Plan the stay that a row tells; False, and told, where it would lie over another stay of the party."""
        who = _who(draft.party)
        stays = self.held["stays"].setdefault(who, [])
        stay = next((one for one in stays if one.arrived_on == arrived), None)
        if stay is None and not (draft.new or row.values.get("arrived_on")):
            return True
        left = left or (stay.left_on if stay is not None else None)
        over = next((one for one in stays if one is not stay and _overlap(one, arrived, left)), None)
        before, number = self.told.get((who, f"left {arrived}"), (left, 0))
        if over is not None or (before is not None and before != left):
            plan.findings.append(_other_stay(draft.party.name, over or stay, arrived, left, row.number))
            return False
        self.told[who, f"left {arrived}"] = (left, number or row.number)
        if stay is None:
            draft.stay = ZoneMembership(zone=draft.party.zone, party=draft.party, arrived_on=arrived, left_on=left)
            stays.append(draft.stay)
            self.held["since"][who] = min(arrived, self.held["since"].get(who, arrived))
        elif stay.left_on != left:
            stay.left_on = left
            # A stay that a row before plans is not stored yet: it is written with its end.
            draft.stay_changed = stay
        return True

    def _industry(self, draft: Draft, row: SheetRow, plan: Plan, since: Any, zone: Any) -> None:
        code = row.values.get("industry_code")
        if not code or not since:
            return
        told = (row.values.get("industry_edition") or "").strip()
        try:
            scheme, edition = edition_told(told)
            industry_section(code, scheme=scheme, edition=edition)
        except UnknownIndustry as fault:
            plan.findings.append(
                Finding(
                    WARNED,
                    "industry",
                    {
                        "zh": f"{draft.party.name}：行业代码“{code}”不在所写的分类版本（{told or 'GB/T4754 2017'}）中，未采用。",
                        "en": f"{draft.party.name}: {fault} It was not taken.",
                    },
                    row.number,
                    "industry_code",
                )
            )
            return
        if not told:
            plan.findings.append(
                Finding(
                    NOTE,
                    "edition-assumed",
                    {
                        "zh": f"未写版本，行业代码按{scheme} {edition}计。",
                        "en": f"No edition told; the industry code is read as {scheme} {edition}.",
                    },
                    row.number,
                    "industry_edition",
                )
            )
        if (_who(draft.party), scheme, code) not in self.held["industries"]:
            self.held["industries"].add((_who(draft.party), scheme, code))
            draft.industry = IndustryCode(zone=zone, party=draft.party, scheme=scheme, edition=edition, code=code, from_on=since)

    def land(self, plan: Plan, context: ImportContext) -> None:
        """Write parties first, then what hangs on them, in batches."""
        drafts: list[Draft] = plan.work
        Party.records.bulk_create([draft.party for draft in drafts if draft.new], batch_size=BATCH)
        changed = [draft.party for draft in drafts if draft.changed and not draft.new]
        Party.records.bulk_update(changed, [*PLAIN, "capital_text", "capital_amount", "capital_currency"], batch_size=200)
        context.tell(1, 3, "land")
        for model, rows in (
            (Identifier, [draft.identifier for draft in drafts if draft.identifier]),
            (ZoneMembership, [draft.stay for draft in drafts if draft.stay]),
            (IndustryCode, [draft.industry for draft in drafts if draft.industry]),
            (Tag, [tag for draft in drafts for tag in draft.tags]),
        ):
            model.records.bulk_create(rows, batch_size=BATCH)
        ZoneMembership.records.bulk_update([draft.stay_changed for draft in drafts if draft.stay_changed], ["left_on"], batch_size=200)
        aliases = [
            PartyAlias(zone=context.zone, party=draft.party, name=draft.alias, name_normal=name_keys(draft.alias)[0])
            for draft in drafts
            if draft.alias
        ]
        PartyAlias.records.bulk_create(aliases, batch_size=BATCH, ignore_conflicts=True)
        suggestions = [suggestion(draft.party, other, told) for draft in drafts for other, told in draft.suggest]
        MergeSuggestion.records.bulk_create(suggestions, batch_size=BATCH, ignore_conflicts=True)
        _tie_branches(drafts, self.register, context)
        context.tell(3, 3, "land")


def _who(party: Party) -> Any:
    """Return what tells parties apart in a file: a party that an earlier row makes has no id yet."""
    return party.pk or party.key


def _bad_span(name: str, arrived: Any, left: Any, row: int) -> Finding:
    zh = f"{name}：迁出日期{left}不晚于入驻日期{arrived}，请更正。"
    en = f"{name}: it cannot leave on {left}, not after it arrived on {arrived}. Correct one of the two."
    return Finding(REFUSED, "span", {"zh": zh, "en": en}, row, "left_on")


def _told_otherwise(who: str, left_out: list[tuple[str, int]], row: int) -> Finding:
    names = list(dict.fromkeys("capital" if name.startswith("capital") else name for name, _ in left_out))
    labels, before = [REGISTRY.field(name).label for name in names], left_out[0][1]
    zh, en = "、".join(label["zh"] for label in labels), ", ".join(label["en"] for label in labels)
    zh = f"{who}在第{before}行已有不同的{zh}，本行的未采用，请核对。"
    en = f"{who} has another {en} in row {before}; what this row says is not taken. Compare them."
    return Finding(WARNED, "told-otherwise", {"zh": zh, "en": en}, row, names[0])


def _overlap(stay: ZoneMembership, arrived: Any, left: Any) -> bool:
    return (stay.left_on is None or arrived < stay.left_on) and (left is None or stay.arrived_on < left)


def _other_stay(name: str, other: ZoneMembership, arrived: Any, left: Any, row: int) -> Finding:
    span_zh, span_en = f"{arrived}至{left or '今'}", f"{arrived} to {left or 'now'}"
    zh = f"{name}已有{other.arrived_on}至{other.left_on or '今'}的入驻，与本行的{span_zh}重叠，本行的入驻未采用，请核对日期。"
    en = f"{name} has a stay from {other.arrived_on} to {other.left_on or 'now'}; that of this row, {span_en}, lies over it and is not taken. Check the dates."
    return Finding(WARNED, "stay-overlaps", {"zh": zh, "en": en}, row, "arrived_on")


def _other_name(known: str, told: str, code: str, row: int) -> Finding:
    """Say that a name on record is spelt otherwise; only another name, not another spelling, is worth a warning."""
    if name_keys(known)[0] == name_keys(told)[0]:
        zh = f"“{told}”与已登记的“{known}”只是写法不同，记作别名。"
        en = f"{told!r} is {known!r} on record in another spelling; kept as another name."
        return Finding(NOTE, "other-spelling", {"zh": zh, "en": en}, row, "name")
    if not code:
        zh = f"“{told}”按已记的别名认作“{known}”，本行名称也记作别名，请核对。"
        en = f"{told!r} is taken for {known!r} by another name on record, and is kept as another name. Compare them."
        return Finding(WARNED, "other-name", {"zh": zh, "en": en}, row, "name")
    zh = f"代码{code}已登记为“{known}”，本行名称“{told}”记作别名，请核对。"
    en = f"{code} is on record as {known!r}; {told!r} is kept as another name. Compare them."
    return Finding(WARNED, "other-name", {"zh": zh, "en": en}, row, "name")


def _tie_branches(drafts: list[Draft], register: Register, context: ImportContext) -> None:
    """Tie a branch to its parent where the parent's whole name leads the branch's."""
    firms = {party.name_normal: party for parties in register.by_name.values() for party in parties if party.kind == Party.Kind.FIRM}
    found = []
    for draft in drafts:
        if not draft.new or draft.party.kind != Party.Kind.BRANCH:
            continue
        relation = branch_relation(draft.party, firms, draft.party.registered_on)
        if relation is not None:
            found.append(relation)
    Relation.records.bulk_create(found, batch_size=BATCH, ignore_conflicts=True)


def _held(zone: Any) -> dict[str, Any]:
    stays: dict[Any, list[ZoneMembership]] = {}
    for stay in ZoneMembership.objects.in_zone(zone):
        stays.setdefault(stay.party_id, []).append(stay)
    return {
        "aliases": set(PartyAlias.objects.in_zone(zone).values_list("party_id", "name")),
        "codes": set(Identifier.objects.in_zone(zone).values_list("scheme", "value")),
        "stays": stays,
        "since": dict(ZoneMembership.objects.in_zone(zone).order_by("-arrived_on").values_list("party_id", "arrived_on")),
        "tags": set(Tag.objects.in_zone(zone).values_list("party_id", "tag")),
        "industries": set(IndustryCode.objects.in_zone(zone).values_list("party_id", "scheme", "code")),
    }
