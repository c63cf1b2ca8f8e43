"""What every operation keeps: who asks, versions, keys, pages, limits, refusals in both languages."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from tests.api.programs import BASE, Program, person, token
from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import Party
from townwright.apps.parties.services import edit_party
from townwright.frame.clock import now
from townwright.frame.models import ApiAnswer, ApiToken, AuditEntry
from townwright.frame.permissions import table
from townwright.frame.tokens import UnableToManageToken, UnknownToken, create_token, granted, revoke_token

PARTIES = "zones/here/parties"
CHINESE = {"accept_language": "zh-hans"}


@pytest.fixture
def registrar(firms):
    return Program(token(person("li.mei", firms, "registrar")))


def firm(name="甲科技有限公司"):
    return Party.records.get(name=name)


def kind(answer):
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["type"].partition("#")[2]


# Who asks


def test_a_stranger_and_a_wrong_token_are_told_how_to_come_in(firms):
    assert kind(Program("").get("me")) == (401, "unauthenticated")
    for secret in ("tw_nonsense", "nonsense"):
        answer = Program(secret).get("me")
        assert kind(answer) == (401, "token-refused")
        assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert kind(Client().get(f"{BASE}/me", headers={"authorization": "Basic dGVzdDp0ZXN0"})) == (401, "token-refused")


def test_a_token_ends_by_its_day_by_being_revoked_and_with_its_person(firms):
    user = person("li.mei", firms, "registrar")
    over = create_token(user=user, name="over", named=["read"], zone=None, actor=CLERK, at=AT, expires_at=AT + timedelta(days=1))
    assert kind(Program(over.secret).get("me")) == (401, "token-refused")
    good = create_token(user=user, name="good", named=["read"], zone=None, actor=CLERK, at=now())
    program = Program(good.secret)
    assert program.get("me").status_code == 200
    with pytest.raises(UnknownToken):
        revoke_token(token_id=good.token.pk, user=person("another", firms, "director"), actor=CLERK, at=now())
    revoke_token(token_id=good.token.pk, actor=CLERK, at=now())
    assert kind(program.get("me")) == (401, "token-refused")
    left = Program(token(user))
    user.is_active = False
    user.save()
    assert kind(left.get("me")) == (401, "token-refused")


def test_the_secret_is_kept_nowhere_and_making_and_revoking_leave_entries(firms):
    user = person("li.mei", firms, "registrar")
    made = create_token(user=user, name="nightly", named=["read", "people.view"], zone=firms, actor=CLERK, at=AT)
    kept = json.dumps(
        [list(ApiToken.records.values_list("name", "start", "digest")), list(AuditEntry.records.values_list("new", flat=True))]
    )
    assert made.secret[:9] in kept
    assert made.secret[9:] not in kept
    revoke_token(token_id=made.token.pk, actor=CLERK, at=AT)
    revoke_token(token_id=made.token.pk, actor=CLERK, at=AT)
    assert list(AuditEntry.records.filter(verb__startswith="tokens.").order_by("pk").values_list("verb", "zone__code")) == [
        ("tokens.create", "here"),
        ("tokens.revoke", "here"),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"named": []}, "scopes"), ({"named": ["reed"]}, "scopes"), ({"expires_at": AT}, "expires_at")],
)
def test_a_token_that_does_not_hold_is_refused_at_its_field(firms, wrong, field):
    told = {"user": person("li.mei", firms, "registrar"), "name": "a", "named": ["read"], "zone": firms, "actor": CLERK, "at": AT, **wrong}
    with pytest.raises(UnableToManageToken) as refused:
        create_token(**told)
    assert refused.value.field == field
    with pytest.raises(UnableToManageToken, match="no role"):
        create_token(**{**told, "name": "a", "named": ["read"], "expires_at": None, "user": person("nobody", firms)})


def test_groups_hold_no_permission_on_people():
    assert not [name for name in granted(["write"]) if name.startswith("people.")]
    assert granted(["write"]) | {name for name in table() if name.startswith("people.")} == set(table())
    assert {name.split(".")[1] for name in granted(["read"])} == {"view", "export", "use"}
    assert granted(["people.view", "awards.approve"]) == {"people.view", "awards.approve"}


def test_a_person_is_seen_only_with_the_scope_and_the_role(firms):
    director = person("wang", firms, "director")
    everything, without = Program(token(director)), Program(token(director, "write"))
    made = everything.post("zones/here/people", {"name": "王小明", "scheme": "id-card", "code": "110101199003070011"}).json()
    related = everything.post(f"{PARTIES}/{firm().key}/relations", {"kind": "contact", "side": "second", "other": made["key"]})
    assert related.status_code == 201, related.content
    seen = everything.get(f"{PARTIES}/{firm().key}").json()["relations"]
    assert [one["other"]["name"] for one in seen] == ["王小明"]
    assert without.get(f"{PARTIES}/{firm().key}").json()["relations"] == []
    assert kind(without.get(f"{PARTIES}/{made['key']}")) == (404, "not-found")
    assert kind(without.get("zones/here/people")) == (403, "scope-missing")
    assert "110101199003070011" in everything.get("zones/here/people").content.decode()
    told = {"kind": "contact", "side": "second", "other": made["key"]}
    assert kind(without.post(f"{PARTIES}/{firm('乙科技有限公司').key}/relations", told)) == (422, "invalid")


def test_a_browsers_session_reads_and_writes_only_with_its_csrf_token(firms):
    user = person("li.mei", firms, "registrar")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.get(f"{BASE}/{PARTIES}").status_code == 200
    body = json.dumps({"kind": "firm", "name": "丙公司"})
    assert kind(browser.post(f"{BASE}/{PARTIES}", body, content_type="application/json")) == (403, "csrf")
    browser.get("/z/here/parties/new/")
    secret = browser.cookies["csrftoken"].value
    answer = browser.post(f"{BASE}/{PARTIES}", body, content_type="application/json", headers={"x-csrftoken": secret})
    assert answer.status_code == 201
    assert browser.get(f"{BASE}/me").json()["token"] is None


def test_what_a_program_does_is_its_persons_doing_and_tells_the_token(registrar):
    registrar.post(PARTIES, {"kind": "firm", "name": "丙公司"})
    entry = AuditEntry.records.get(verb="parties.register")
    assert (entry.actor, entry.actor_label) == ("web:li.mei", "li.mei (test)")


# Versions


def test_a_read_that_has_not_changed_is_not_sent_again(registrar):
    first = registrar.get(f"{PARTIES}/{firm().key}?at=2016-12-31")
    again = registrar.get(f"{PARTIES}/{firm().key}?at=2016-12-31", if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert registrar.get(f"{PARTIES}/{firm().key}?at=2013-12-31", if_none_match=first["ETag"]).status_code == 200


def test_an_edit_says_which_version_it_saw(registrar):
    address = f"{PARTIES}/{firm().key}"
    seen = registrar.get(address)["ETag"]
    assert kind(registrar.patch(address, {"name_en": "A"})) == (428, "precondition-required")
    assert kind(registrar.patch(address, {"name_en": "A"}, if_match='"0.0"')) == (412, "precondition-failed")
    edit_party(zone=firm().zone, party=firm(), changes={"address": "somewhere else"}, actor=CLERK, at=AT)
    assert kind(registrar.patch(address, {"name_en": "A"}, if_match=seen)) == (412, "precondition-failed")
    assert firm().name_en == ""
    answer = registrar.patch(address, {"name_en": "A"}, if_match=registrar.get(address)["ETag"])
    assert (answer.status_code, firm().name_en) == (200, "A")
    # The answer names the state that the edit left, so that the next one needs no reading.
    assert registrar.patch(address, {"name_en": "B"}, if_match=answer["ETag"]).status_code == 200
    # What others hang on the party, and the day that is asked for, are no change of what the edit is about.
    seen = registrar.get(address + "?at=2015-01-01")["ETag"]
    registrar.post(address + "/tags", {"tag": "cloud", "from_on": "2016-01-01"})
    assert registrar.patch(address, {"name_en": "C"}, if_match=seen).status_code == 200


def test_a_correction_of_a_return_says_which_version_it_saw(firms):
    program = Program(token(person("tong.ji", firms, "statistics")))
    values = {"output": "1000", "revenue": "900", "staff": 12}
    told = {"firm": firm().key, "dataset": "yearly-return", "period": "2016", "values": values}
    made = program.post("zones/here/filings", told)
    assert made.status_code == 201, made.content
    address = made["Location"]
    assert program.post(f"{address}/decision", {"decision": "accept"}, if_match=made["ETag"]).json()["status"] == "accepted"
    assert kind(program.post(f"{address}/decision", {"decision": "accept"}, if_match=made["ETag"])) == (412, "precondition-failed")
    name = "taxes"
    seen = program.get(address)["ETag"]
    body = {"values": {name: "2.50"}, "reason": "recounted"}
    asked = program.patch(address, body, if_match=seen)
    assert kind(program.patch(address, body)) == (428, "precondition-required")
    assert asked.status_code == 200, asked.content
    assert kind(program.patch(address, body, if_match=seen)) == (412, "precondition-failed")
    row = program.get(address).json()
    assert (row["version"], row["values"][name]) == (2, "2.50")
    assert row["corrections"][0]["changes"] == [{"field": name, "old": None, "new": "2.50"}]


# Keys


def test_a_write_sent_twice_with_one_key_is_done_once(registrar):
    told = {"kind": "alliance", "name": "接口联盟"}
    first = registrar.post(PARTIES, told, idempotency_key="k-1")
    again = registrar.post(PARTIES, told, idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again["Location"], again["ETag"]) == (first.json(), first["Location"], first["ETag"])
    assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    assert AuditEntry.records.filter(verb="parties.register").count() == 1
    # Without a key the same request meets what it made the first time.
    assert kind(registrar.post(PARTIES, told)) == (422, "refused")
    assert kind(registrar.post(PARTIES, {**told, "name": "另一个联盟"}, idempotency_key="k-1")) == (422, "key-reused")
    assert kind(registrar.post(PARTIES, told, idempotency_key="with blank")) == (400, "malformed")


def test_a_refused_write_keeps_no_answer_and_a_key_is_forgotten_after_a_day(registrar):
    told = {"kind": "firm", "name": "丙公司", "capital": "plenty"}
    assert kind(registrar.post(PARTIES, told, idempotency_key="k-1")) == (422, "refused")
    assert ApiAnswer.records.count() == 0
    assert registrar.post(PARTIES, {**told, "capital": ""}, idempotency_key="k-1").status_code == 201
    ApiAnswer.records.update(at=now() - timedelta(days=1, seconds=1))
    assert kind(registrar.post(PARTIES, {**told, "capital": ""}, idempotency_key="k-1")) == (422, "refused")
    assert registrar.post(PARTIES, {**told, "name": "丁公司", "capital": ""}, idempotency_key="k-2").status_code == 201
    assert list(ApiAnswer.records.values_list("key", flat=True)) == ["k-2"]


def test_keys_are_a_persons_own(firms):
    programs = [Program(token(person(name, firms, "registrar"))) for name in ("li.mei", "wang.fang")]
    answers = [
        one.post(PARTIES, {"kind": "alliance", "name": f"联盟{place}"}, idempotency_key="same") for place, one in enumerate(programs)
    ]
    assert [one.status_code for one in answers] == [201, 201]


def test_a_change_and_the_answer_kept_for_it_stand_or_fall_together(registrar, monkeypatch):
    def cut_short(*_told, **_more):
        raise MemoryError("the process is killed")

    monkeypatch.setattr(ApiAnswer, "save", cut_short)
    monkeypatch.setattr(ApiAnswer, "save_base", cut_short, raising=False)
    with pytest.raises(MemoryError):
        registrar.post(PARTIES, {"kind": "firm", "name": "丙公司"}, idempotency_key="k-1")
    assert not Party.records.filter(name="丙公司").exists()
    assert ApiAnswer.records.count() == 0


# Pages


def test_a_list_is_paged_in_a_stable_order_with_links(registrar):
    for number in range(7):
        registrar.post(PARTIES, {"kind": "firm", "name": f"同名企业{number % 2}号第{number}分店", "arrived_on": "2016-01-01"})
    seen, where, pages = [], f"{BASE}/{PARTIES}?per_page=4&sort=-arrived_on&q=", 0
    while where:
        answer = registrar.get(where)
        seen += [one["key"] for one in answer.json()["items"]]
        links = {part.split('rel="')[1][:-1]: part.split(">")[0].strip().lstrip("<") for part in answer["Link"].split(",")}
        assert {"first", "last"} <= set(links)
        assert answer.json()["total"] == 9
        where, pages = links.get("next"), pages + 1
    assert (len(seen), len(set(seen)), pages) == (9, 9, 3)
    beyond = registrar.get(f"{PARTIES}?page=50&per_page=4")
    assert (beyond.status_code, beyond.json()["items"]) == (200, [])
    assert kind(registrar.get(f"{PARTIES}?per_page=201")) == (422, "invalid")
    assert kind(registrar.get(f"{PARTIES}?sort=capital")) == (422, "invalid")
    assert kind(registrar.get(f"{PARTIES}?unheard=1")) == (422, "invalid")


def test_missing_dates_come_last_in_either_direction(registrar):
    registrar.post(PARTIES, {"kind": "firm", "name": "未到企业"})
    for sort in ("arrived_on", "-arrived_on"):
        assert registrar.get(f"{PARTIES}?sort={sort}").json()["items"][-1]["name"] == "未到企业"


# Limits


def test_more_than_the_limit_waits_for_the_next_minute(firms, monkeypatch):
    from townwright.site.api import api

    monkeypatch.setattr(api.throttle[0], "most", 3)
    user = person("li.mei", firms, "registrar")
    program, other = Program(token(user)), Program(token(user))
    answers = [program.get("me") for _turn in range(4)]
    if answers[-1].status_code == 200:  # the minute turned meanwhile
        answers = [program.get("me") for _turn in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert kind(answers[-1]) == (429, "too-many-requests")
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert other.get("me").status_code == 200


# Refusals


def test_refusals_are_told_in_the_readers_language(registrar):
    told = {"kind": "firm", "name": "", "registered_on": "yesterday", "sort": 1}
    english, chinese = (registrar.post(PARTIES, told, **more).json() for more in ({}, CHINESE))
    fields = ["body.name", "body.registered_on", "body.sort"]
    assert [sorted(one["field"] for one in answer["errors"]) for answer in (english, chinese)] == [fields, fields]
    assert {one["field"]: one["message"] for one in english["errors"]}["body.registered_on"] == "Write a date as in 2016-12-31."
    assert english["type"] == chinese["type"]
    assert registrar.post(PARTIES, told, **CHINESE)["Content-Language"] == "zh-hans"
    refused = registrar.post(PARTIES, {"kind": "firm", "name": "丁", "capital": "plenty"}, **CHINESE).json()
    assert (refused["errors"][0]["field"], "plenty" in refused["detail"]) == ("body.capital", True)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused["detail"])


def test_what_reaches_no_operation_is_a_problem_too(registrar):
    assert kind(registrar.get("nowhere")) == (404, "not-found")
    refused = registrar.send("PUT", f"{PARTIES}")
    assert (kind(refused), set(refused["Allow"].split(", "))) == ((405, "method-not-allowed"), {"GET", "POST"})
    broken = registrar.client.post(f"{BASE}/{PARTIES}", "{", content_type="application/json", headers=registrar.headers)
    assert kind(broken) == (400, "malformed")
    assert kind(registrar.get(f"{PARTIES}?q=a%00b")) == (400, "malformed")
    assert kind(registrar.post(PARTIES, {"kind": "firm", "name": "a\x00b"})) == (422, "invalid")


def test_a_fault_of_the_program_is_a_problem_that_tells_nothing(registrar, monkeypatch):
    monkeypatch.setattr("townwright.apps.parties.api.register.parties.firm_rows", lambda *_told, **_more: 1 / 0)
    registrar.client.raise_request_exception = False
    answer = registrar.get(PARTIES)
    assert (kind(answer), "division" in answer.content.decode()) == ((500, "internal"), False)


def test_amounts_are_text_with_their_currency_and_numbers_in_json_are_refused_for_them(firms):
    director = Program(token(person("wang", firms, "director")))
    made = director.post(PARTIES, {"kind": "firm", "name": "丙公司", "capital": "100.5万元人民币"}).json()
    assert director.get(f"{PARTIES}/{made['key']}").json()["capital"] == {"amount": "1005000", "currency": "CNY"}
    claim = {
        "uid": "a", "label": {"zh": "甲", "en": "A"}, "value": 0.1, "step": "1", "bound": "exact", "unit": "firm", "as_of": "2016", "quote": "a", "source": "b",
    }  # fmt: skip
    refused = director.post("zones/here/claims", claim)
    assert (kind(refused), refused.json()["errors"][0]["field"]) == ((422, "invalid"), "body.value")
    assert director.post("zones/here/claims", {**claim, "value": "0.1"}).json()["value"] == "0.1"


def test_a_question_of_a_soft_check_comes_back_and_is_answered(firms):
    program = Program(token(person("tong.ji", firms, "statistics")))
    told = {"firm": firm().key, "dataset": "yearly-return", "period": "2015", "values": {"revenue": "1000"}}
    assert program.post("zones/here/filings", told).status_code == 201
    told = {**told, "period": "2016", "values": {"revenue": "50000", "staff": 12}}
    asked = program.post("zones/here/filings", told)
    assert kind(asked) == (422, "refused")
    assert [(one["field"], one["asks"]) for one in asked.json()["errors"]] == [("body.values.revenue", True)]
    answered = program.post("zones/here/filings", {**told, "answers": {"revenue": "seen the audit report"}})
    assert (answered.status_code, answered.json()["answers"]["revenue"]["note"]) == (201, "seen the audit report")
    wrong = program.post("zones/here/filings", {**told, "period": "2017", "values": {"revenue": "many", "profit": "1"}})
    assert (kind(wrong), sorted(one["field"] for one in wrong.json()["errors"])) == (
        (422, "invalid"),
        ["body.values.profit", "body.values.revenue"],
    )
