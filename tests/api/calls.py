"""How each operation is called so that it does its work: from the town, its path's arguments, its query and its body.

``make`` is run anew for every call, since a write may use up what it writes about. An operation without an entry fails the
tests: every operation is called by every role.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.flows.conftest import AT, CLERK
from townwright.apps.filings.models import Filing
from townwright.apps.filings.services import save_draft
from townwright.apps.incentives.models import Assessment, Award
from townwright.apps.indicators.models import Claim
from townwright.apps.parties.models import AllianceMembership, Identifier, MergeSuggestion, Party, Relation, Tag, ZoneMembership
from townwright.apps.parties.services import relate
from townwright.apps.snapshots.selectors import latest
from townwright.frame.jobs import ask
from townwright.frame.models import Job
from townwright.kernel.values.period import Period
from townwright.site import uploads


@dataclass
class Call:
    """One call: arguments of the path, query, JSON body or form, and whether it sends the ETag that it read."""

    path: dict[str, Any]
    query: dict[str, Any] | None = None
    body: Any = None
    form: Any = None
    match: bool = False


def firm(zone):
    return Party.records.filter(zone=zone, kind="firm", merged_into=None, stays__left_on=None).order_by("pk").first()


def _firm(zone, **more):
    return Call({"key": firm(zone).key}, **more)


def _filing(zone, status):
    row = Filing.records.filter(zone=zone, dataset="yearly-return", period="2016").order_by("pk").first()
    Filing.records.filter(pk=row.pk).update(status=status)
    return row.pk


def _job(zone, status="done", **more):
    token = "none"
    if more.pop("file", False):
        token = uploads.keep(SimpleUploadedFile("r.csv", "企业名称\n接口测试公司\n".encode()), at=AT)
    arguments = {"token": token, "dataset": "registry", "name": "r.csv"}
    row = ask(zone=zone, kind="import-preview", arguments=arguments, language="en", actor=CLERK, at=AT)
    Job.records.filter(pk=row.pk).update(status=status, details=[])
    return row.pk


def _held_tag(zone):
    party = firm(zone)
    Tag.records.get_or_create(zone=zone, party=party, tag="cloud", defaults={"from_on": "2014-01-01"})
    return party


def _relation(zone):
    one, other = Party.records.filter(zone=zone, kind="firm", merged_into=None).order_by("pk")[:2]
    row = Relation.records.filter(from_party=one, to_party=other, kind="invests_in").first()
    row = row or relate(zone=zone, first=one, second=other, kind="invests_in", actor=CLERK, at=AT)
    return one.key, row.pk


def _mistake(zone):
    party = firm(zone)
    row, _made = Tag.records.get_or_create(zone=zone, party=party, tag="mistaken", defaults={"from_on": "2014-01-01"})
    return Call({"key": party.key}, body={"fact": "tag", "id": row.pk, "reason": "another firm's"})


def _membership(zone):
    row = AllianceMembership.records.filter(zone=zone, left_on=None).select_related("party", "alliance").order_by("pk").first()
    return Call({"key": row.party.key}, body={"alliance": row.alliance.key, "left_on": "2017-01-01"})


def _join(zone):
    alliance = Party.records.filter(zone=zone, kind="alliance").first()
    free = Party.records.filter(zone=zone, kind="firm", merged_into=None).exclude(alliances__alliance=alliance).order_by("pk").first()
    return Call({"key": free.key}, body={"alliance": alliance.key, "joined_on": "2016-01-01"})


def _warned_code(zone):
    party = firm(zone)
    row, _made = Identifier.records.get_or_create(
        zone=zone, scheme="uscc", value="91330106MA27X0001X", defaults={"party": party, "status": "warned"}
    )
    Identifier.records.filter(pk=row.pk).update(status="warned", party=party)
    return Call({"key": party.key}, body={"id": row.pk, "reason": "licence seen"})


def _open_merge(zone):
    one, other = Party.records.filter(zone=zone, kind="firm", merged_into=None).order_by("-pk")[:2]
    row, _made = MergeSuggestion.records.get_or_create(zone=zone, kept=one, other=other, defaults={"score": 90})
    MergeSuggestion.records.filter(pk=row.pk).update(status="open")
    return Call({"number": row.pk}, body={"decision": "apart"})


def _draft(zone):
    party, period = firm(zone), Period.parse("2018")
    values = {name: value for name, value in _values(zone).items() if value is not None}
    Filing.records.filter(zone=zone, party=party, period="2018").delete()
    row = save_draft(zone=zone, party=party, dataset="yearly-return", period=period, values={}, actor=CLERK, at=AT)
    Filing.records.filter(pk=row.pk).update(values=values)
    return Call({"number": row.pk}, body={})


def _values(zone):
    return Filing.records.filter(zone=zone, dataset="yearly-return", period="2016").order_by("pk").first().values


def _enter(zone):
    Filing.records.filter(zone=zone, party=firm(zone), period="2019").delete()
    body = {"firm": firm(zone).key, "dataset": "yearly-return", "period": "2019", "values": _values(zone)}
    return Call({}, body=body)


def _proposed(zone):
    row = Award.records.filter(zone=zone).exclude(status="superseded").order_by("pk").first()
    Award.records.filter(pk=row.pk).update(status="proposed", proposed_by="job:other", decided_by="")
    return Call({}, body={"awards": [row.pk], "decision": "reject", "reason": "the invoices are not there"})


def _arrival(zone):
    party = firm(zone)
    ZoneMembership.records.filter(party=party).delete()
    return Call({"key": party.key}, body={"arrived_on": "2014-03-01"})


def _departure(zone):
    party = firm(zone)
    ZoneMembership.records.filter(party=party).update(left_on=None)
    return Call({"key": party.key}, body={"left_on": "2017-01-01"})


CLAIM = {
    "uid": "api-firms", "label": {"zh": "企业数", "en": "Firms"}, "value": "481", "step": "1", "bound": "exact", "unit": "firm", "as_of": "2016",
    "quote": "481家", "source": "a page",
}  # fmt: skip
CALLS = {
    "me.get": lambda _zone: Call({}),
    "search": lambda _zone: Call({}, {"q": "科技"}),
    "zones.list": lambda _zone: Call({}),
    "zones.get": lambda _zone: Call({}),
    "zones.overseas": lambda _zone: Call({}),
    "parties.list": lambda _zone: Call({}, {"q": "科技", "per_page": 5}),
    "parties.get": _firm,
    "parties.register": lambda _zone: Call({}, body={"kind": "firm", "name": "接口登记科技有限公司", "arrived_on": "2016-03-01"}),
    "parties.edit": lambda zone: _firm(zone, body={"name_en": "Edited by the API"}, match=True),
    "parties.tags.add": lambda zone: _firm(zone, body={"tag": "our-own", "from_on": "2016-01-01"}),
    "parties.tags.end": lambda zone: Call({"key": _held_tag(zone).key}, body={"tag": "cloud", "to_on": "2017-01-01"}),
    "parties.stays.add": _arrival,
    "parties.stays.end": _departure,
    "parties.industries.set": lambda zone: _firm(zone, body={"industry_code": "6510", "from_on": "2016-01-01"}),
    "parties.codes.add": lambda zone: _firm(zone, body={"scheme": "tax", "code": "330100123"}),
    "parties.codes.accept": _warned_code,
    "parties.relations.add": lambda zone: _firm(zone, body={"kind": "invests_in", "other": Party.records.filter(zone=zone, kind="firm", merged_into=None).order_by("pk")[5].key}),
    "parties.relations.end": lambda zone: (lambda key, number: Call({"key": key}, body={"id": number, "to_on": "2017-01-01"}))(*_relation(zone)),
    "parties.alliances.join": _join,
    "parties.alliances.end": _membership,
    "parties.facts.withdraw": _mistake,
    "people.list": lambda _zone: Call({}),
    "people.register": lambda _zone: Call({}, body={"name": "王小明"}),
    "merges.list": lambda _zone: Call({}),
    "merges.decide": _open_merge,
    "datasets.list": lambda _zone: Call({}),
    "filings.list": lambda _zone: Call({}, {"dataset": "yearly-return", "period": "2016"}),
    "filings.missing": lambda _zone: Call({}, {"dataset": "yearly-return", "period": "2016"}),
    "filings.get": lambda zone: Call({"number": _filing(zone, "accepted")}),
    "filings.enter": _enter,
    "filings.submit": _draft,
    "filings.correct": lambda zone: Call({"number": _filing(zone, "accepted")}, body={"values": {}, "reason": "recounted"}, match=True),
    "filings.decide": lambda zone: Call({"number": _filing(zone, "submitted")}, body={"decision": "accept"}),
    "imports.datasets": lambda _zone: Call({}),
    "imports.upload": lambda _zone: Call({}, form=lambda: {"dataset": "registry", "file": SimpleUploadedFile("r.csv", "企业名称\n甲公司\n".encode())}),
    "imports.preview": lambda zone: Call({"number": _job(zone, file=True)}, body={}),
    "imports.land": lambda zone: Call({"number": _job(zone, file=True)}, body={}),
    "imports.findings": lambda zone: Call({"number": _job(zone)}),
    "jobs.list": lambda _zone: Call({}),
    "jobs.get": lambda zone: Call({"number": _job(zone)}),
    "jobs.again": lambda zone: Call({"number": _job(zone, "failed")}),
    "close.start": lambda _zone: Call({}, body={"period": "2016-03"}),
    "snapshots.list": lambda _zone: Call({}),
    "snapshots.get": lambda zone: Call({"number": latest(zone).pk}),
    "snapshots.changes": lambda zone: Call({"number": latest(zone).pk}),
    "policies.list": lambda _zone: Call({}),
    "policies.get": lambda _zone: Call({"policy": "sample-rent-relief"}),
    "budgets.list": lambda _zone: Call({}),
    "assessments.list": lambda _zone: Call({"policy": "sample-rent-relief"}),
    "assessments.get": lambda zone: Call({"number": Assessment.records.filter(zone=zone).order_by("pk").first().pk}),
    "entitlements.list": lambda zone: Call({"key": Assessment.records.filter(zone=zone).order_by("pk").first().party_key}),
    "entitlements.get": lambda zone: Call({"key": Assessment.records.filter(zone=zone).order_by("pk").first().party_key, "policy": "sample-rent-relief"}),
    "awards.list": lambda _zone: Call({}),
    "awards.propose": lambda _zone: Call({}, body={}),
    "awards.decide": _proposed,
    "figures.list": lambda _zone: Call({}),
    "figures.get": lambda _zone: Call({"figure": "firms"}),
    "figures.rows": lambda _zone: Call({"figure": "firms"}),
    "claims.list": lambda _zone: Call({}),
    "claims.ledger": lambda _zone: Call({}),
    "claims.withdraw": lambda zone: Call({}, body={"uid": Claim.records.filter(zone=zone).order_by("pk").first().uid, "reason": "misprinted"}),
    "claims.add": lambda _zone: Call({}, body=CLAIM),
    "audit.list": lambda _zone: Call({}),
}  # fmt: skip


def address(path, zone, call):
    """Return the address of an operation with its arguments filled in."""
    for name, value in {"code": zone.code, **call.path}.items():
        for converter in ("", "path:", "str:", "int:"):
            path = path.replace(f"{{{converter}{name}}}", quote(str(value), safe=""))
    return f"/api/v1{path}" + (f"?{urlencode(call.query)}" if call.query else "")


def send(program, method, path, zone, call, etag=""):
    """Call an operation."""
    where = address(path, zone, call)
    if call.form:
        return program.client.post(where, call.form(), headers=program.headers)
    return program.send(method, where, call.body, **({"If-Match": etag} if etag else {}))
