"""The tables that the register offers to a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from townwright.apps.parties.domain import industry_division, industry_section
from townwright.apps.parties.domain.industries import UnknownIndustry
from townwright.apps.parties.models import AllianceMembership, Identifier, IndustryCode, Party, Relation, Tag, ZoneMembership
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period

FIRM_KINDS = (Party.Kind.FIRM, Party.Kind.BRANCH)


def _column(name: str, kind: str, zh: str, en: str, unit: str | None = None, scale: int = 0) -> ColumnOffer:
    return ColumnOffer(name, kind, {"zh": zh, "en": en}, unit, scale)


_FROM, _TO = _column("from_on", "date", "起", "from"), _column("to_on", "date", "止（不含）", "to, exclusive")
_CURRENT = _column("current", "bool", "期末有效", "in force at the end")
_FIRM = _column("firm", "text", "企业", "firm")
FIRM = TableOffer(
    "firm", ("key",), {"zh": "企业", "en": "firm"},
    (
        _column("key", "text", "键", "key"), _column("name", "text", "企业名称", "name"), _column("name_en", "text", "英文名称", "English name"),
        _column("uscc", "text", "统一社会信用代码", "unified social credit code"), _column("kind", "text", "主体类别", "kind"),
        _column("is_branch", "bool", "分支机构", "branch"), _column("sample", "bool", "示例", "sample"),
        _column("registered_on", "date", "成立日期", "registered on"), _column("arrived_on", "date", "入驻日期", "arrived on"),
        _column("left_on", "date", "迁出日期", "left on"), _column("present", "bool", "期末在园", "present at the end"),
        _column("capital", "money", "注册资本", "registered capital", None, 2), _column("capital_currency", "text", "资本币种", "currency of capital"),
        _column("industry_scheme", "text", "行业分类", "industry scheme"), _column("industry_edition", "text", "行业版本", "industry edition"),
        _column("industry_code", "text", "行业代码", "industry code"), _column("industry_section", "text", "行业门类", "industry section"),
        _column("industry_division", "text", "行业大类", "industry division"), _column("address", "text", "住所", "address"),
    ),
)  # fmt: skip
TAG = TableOffer(
    "tag", ("firm", "tag", "from_on"), {"zh": "标签", "en": "tag"}, (_FIRM, _column("tag", "text", "标签", "tag"), _FROM, _TO, _CURRENT)
)
ALLIANCE = TableOffer(
    "alliance_membership", ("firm", "alliance", "joined_on"), {"zh": "联盟成员", "en": "alliance membership"},
    (_FIRM, _column("alliance", "text", "联盟", "alliance"), _column("joined_on", "date", "加入日期", "joined on"), _column("left_on", "date", "退出日期", "left on"),
     _column("founder", "bool", "发起单位", "founder"), _CURRENT),
)  # fmt: skip
IDENTIFIER = TableOffer(
    "identifier", ("scheme", "value"), {"zh": "代码", "en": "identifier"},
    (_FIRM, _column("scheme", "text", "代码类型", "scheme"), _column("value", "text", "代码", "code"), _column("status", "text", "状态", "status")),
)  # fmt: skip
RELATION = TableOffer(
    "relation", ("from_party", "to_party", "kind"), {"zh": "关系", "en": "relation"},
    (_column("from_party", "text", "甲方", "from"), _column("to_party", "text", "乙方", "to"), _column("kind", "text", "关系", "kind"), _FROM, _TO),
)  # fmt: skip
OFFERS = (FIRM, TAG, ALLIANCE, IDENTIFIER, RELATION)
Table = tuple[TableOffer, list[tuple[Any, ...]]]


def snapshot_tables(zone: Any, period: Period) -> Iterable[Table]:
    """Offer the register as known for a period: facts that began before its end, and how they stood on its last day.

    Merged parties are left out; their facts moved to the survivor.
    """
    end, last = period.end, period.last_day
    keys = dict(Party.objects.in_zone(zone).filter(merged_into=None).values_list("pk", "key"))
    yield FIRM, _firms(zone, end, last)

    def current(start: date, stop: date | None) -> bool:
        return start <= last and (stop is None or last < stop)

    tags = Tag.objects.in_zone(zone).filter(from_on__lt=end).values_list("party_id", "tag", "from_on", "to_on")
    yield TAG, [(keys[pk], tag, since, until, current(since, until)) for pk, tag, since, until in tags if pk in keys]
    members = AllianceMembership.objects.in_zone(zone).filter(joined_on__lt=end).select_related("alliance")
    rows = members.values_list("party_id", "alliance__key", "joined_on", "left_on", "founder")
    yield ALLIANCE, [(keys[pk], key, since, until, founder, current(since, until)) for pk, key, since, until, founder in rows if pk in keys]
    # A person's number stays in the register: snapshots are read by roles that may not see people.
    codes = Identifier.objects.in_zone(zone).exclude(party__kind=Party.Kind.PERSON).values_list("party_id", "scheme", "value", "status")
    yield IDENTIFIER, [(keys[pk], scheme, value, status) for pk, scheme, value, status in codes if pk in keys]
    relations = Relation.objects.in_zone(zone).values_list("from_party_id", "to_party_id", "kind", "from_on", "to_on")
    yield RELATION, [(keys[a], keys[b], kind, since, until) for a, b, kind, since, until in relations if a in keys and b in keys]


def _firms(zone: Any, end: date, last: date) -> list[tuple[Any, ...]]:
    stays: dict[int, tuple[date, date | None]] = {}
    for pk, arrived, left in (
        ZoneMembership.objects.in_zone(zone)
        .filter(arrived_on__lt=end)
        .order_by("arrived_on")
        .values_list("party_id", "arrived_on", "left_on")
    ):
        stays[pk] = (arrived, left)
    codes: dict[int, str] = {}
    for pk, value in Identifier.objects.in_zone(zone).filter(scheme="uscc").order_by("-value").values_list("party_id", "value"):
        codes[pk] = value
    industries: dict[int, tuple[Any, ...]] = {}
    rows = (
        IndustryCode.objects.in_zone(zone)
        .filter(from_on__lte=last)
        .order_by("from_on", "scheme")
        .values_list("party_id", "scheme", "edition", "code", "to_on")
    )
    for pk, scheme, edition, code, until in rows:
        if until is None or last < until:
            industries[pk] = _industry(scheme, edition, code)
    fields = ("pk", "key", "name", "name_en", "kind", "sample", "registered_on", "capital_amount", "capital_currency", "address")
    found = []
    for pk, key, name, name_en, kind, sample, registered, capital, currency, address in (
        Party.objects.in_zone(zone).filter(merged_into=None, kind__in=FIRM_KINDS, pk__in=list(stays)) if len(stays) < 500 else
        Party.objects.in_zone(zone).filter(merged_into=None, kind__in=FIRM_KINDS)
    ).values_list(*fields):  # fmt: skip
        if pk not in stays:
            continue
        arrived, left = stays[pk]
        present = arrived <= last and (left is None or last < left)
        found.append(
            (key, name, name_en or None, codes.get(pk), kind, kind == Party.Kind.BRANCH, sample, registered, arrived, left, present, capital,
             currency or None, *industries.get(pk, (None,) * 5), address or None)
        )  # fmt: skip
    return found


def _industry(scheme: str, edition: str, code: str) -> tuple[Any, ...]:
    try:
        return scheme, edition, code, industry_section(code, scheme=scheme, edition=edition), industry_division(code)
    except UnknownIndustry:
        return scheme, edition, code, None, None
