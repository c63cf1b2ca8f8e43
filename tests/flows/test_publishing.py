"""What a zone shows to the public is the director's to say: by the verb, the page and the command line, each with its audit entry."""

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK, DIRECTOR
from tests.flows.sheets import state
from townwright.apps.zones.domain import PublicFace
from townwright.apps.zones.models import WallLink
from townwright.apps.zones.selectors import NotPublished, UnknownWall, publication, published, wall_by_token, wall_links, wall_token
from townwright.apps.zones.services import UnableToLinkWall, UnableToPublish, make_wall_link, open_zone, revoke_wall_link, set_publication
from townwright.frame.models import AuditEntry, OutboxEvent, RoleAssignment
from townwright.site.cli.verbs import townwright
from townwright.site.public.publishing import publish

FACE = PublicFace(("firms",), (), "", {"zh": "简介", "en": "About"})


def _entries(zone):
    return list(AuditEntry.objects.in_zone(zone).order_by("pk").values_list("verb", flat=True))


def _client(zone, role):
    user = get_user_model().objects.create_user(f"p-{role}")
    RoleAssignment.records.create(zone=zone, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def test_a_zone_is_not_public_until_somebody_says_so(zone):
    with pytest.raises(NotPublished):
        published("here")
    with pytest.raises(NotPublished):
        published("nowhere")
    assert Client().get("/p/here/").status_code == Client().get("/p/nowhere/").status_code == 404


def test_opening_changing_and_closing_are_told_apart_in_the_audit(zone):
    for shown, face in ((True, FACE), (True, FACE), (True, PublicFace(("firms", "staff"))), (False, PublicFace(("firms", "staff")))):
        row = set_publication(zone=zone, published=shown, face=face, actor=DIRECTOR, at=AT)
    assert _entries(zone) == ["zones.publish", "zones.publication.change", "zones.unpublish"]
    changed = AuditEntry.objects.in_zone(zone).get(verb="zones.publication.change")
    assert (changed.old["figures"], changed.new["figures"]) == (["firms"], ["firms", "staff"])
    assert (row.revision, row.published, row.changed_by) == (3, False, "Director")
    assert OutboxEvent.objects.filter(zone=zone, name="zones.publication.changed").count() == 3
    assert Client().get("/p/here/").status_code == 404


@pytest.mark.parametrize(
    ("face", "words"),
    [
        (PublicFace(), "nothing to show"),
        (PublicFace(("firms", "firms")), "told twice"),
        (PublicFace((), ("a", "a")), "told twice"),
        (PublicFace((), (), "", {"zh": "长" * 4001, "en": ""}), "longer than 4000"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_written(zone, face, words):
    before = state()
    with pytest.raises(UnableToPublish, match=words):
        set_publication(zone=zone, published=True, face=face, actor=DIRECTOR, at=AT)
    assert state() == before


def test_two_editors_of_one_record(zone):
    set_publication(zone=zone, published=True, face=FACE, actor=CLERK, at=AT, revision=0)
    with pytest.raises(UnableToPublish, match="Clerk changed"):
        set_publication(zone=zone, published=False, face=FACE, actor=DIRECTOR, at=AT, revision=0)
    assert set_publication(zone=zone, published=False, face=FACE, actor=DIRECTOR, at=AT, revision=1).published is False


def test_what_the_zone_does_not_measure_or_adopt_is_refused_with_the_nearest(demo, db):
    zone = demo[0].zone
    for face, words in (
        (PublicFace(("firm",)), "Did you mean firms"),
        (PublicFace((), ("sample-rent-relieve",)), "Did you mean sample-rent-relief"),
        (PublicFace(("firms",), (), "2015"), "No period 2015 is closed"),
    ):
        with pytest.raises(UnableToPublish, match=words):
            publish(zone=zone, published=True, face=face, actor=DIRECTOR, at=AT)


def test_the_page_is_the_directors_and_keeps_the_order_that_is_typed(demo, db):
    zone = demo[0].zone
    address = reverse("publishing", args=[zone.code])
    told = {
        "published": "on",
        "revision": "1",
        "figure": ["firms", "staff"],
        "figure:firms": "2",
        "figure:staff": "1",
        "intro_zh": "甲",
        "intro_en": "<b>A</b>",
    }
    before = state()
    assert {_client(zone, role).post(address, told).status_code for role in ("auditor", "statistics", "policy")} == {403}
    assert publication(zone).revision == 1
    client = _client(zone, "director")
    assert client.get(address).status_code == 200
    assert client.post(address, told).status_code == 302
    row = publication(zone)
    assert (row.figures, row.policies, row.revision) == (["staff", "firms"], [], 2)
    assert state() != before
    page = Client().get("/p/yunqi/en/").content.decode()
    assert "&lt;b&gt;A&lt;/b&gt;" in page and "<b>A</b>" not in page
    # The form that the other editor still has open names revision 1.
    answer = client.post(address, {**told, "revision": "1", "intro_zh": "乙"})
    assert answer.status_code == 200 and "changed the public site" in answer.content.decode()
    assert "乙" in answer.content.decode() and publication(zone).intro_zh == "甲"
    del told["published"]
    client.post(address, {**told, "revision": "2"})
    assert Client().get("/p/yunqi/").status_code == 404


def test_the_command_line_publishes_and_withdraws(demo, db, tmp_path):
    run = CliRunner().invoke
    intro = tmp_path / "zh.txt"
    intro.write_text("新简介\n", encoding="utf-8")
    shown = run(townwright, ["publish", "--zone", "yunqi", "--figures", "staff,firms", "--intro-zh", str(intro), "--json"])
    assert shown.exit_code == 0, shown.output
    row = publication(demo[0].zone)
    assert (row.figures, row.intro_zh, row.policies != []) == (["staff", "firms"], "新简介", True)
    assert run(townwright, ["publish", "--zone", "yunqi", "--figures", "nonsense"]).exit_code == 1
    assert run(townwright, ["publish", "--zone", "yunqi", "--withdraw"]).exit_code == 0
    assert not publication(demo[0].zone).published
    before = state()
    assert run(townwright, ["publish", "--zone", "yunqi", "--show"]).exit_code == 0
    assert state() == before
    assert run(townwright, ["publish", "--zone", "yunqi", "--figures", "all", "--policies", "all"]).exit_code == 0
    assert len(publication(demo[0].zone).figures) == 16


def test_a_wall_link_is_signed_shows_its_zone_and_can_be_revoked(zone):
    other = open_zone(
        code="there", name_zh="彼地", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )
    row = make_wall_link(zone=zone, name=" hall ", actor=DIRECTOR, at=AT)
    token = wall_token(row)
    assert wall_by_token(token).zone == zone
    for wrong in (
        "",
        "1",
        f"{row.pk}-",
        token[:-1],
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        f"{row.pk + 1}-{token.partition('-')[2]}",
        "9" * 40 + "-x",
        "²-x",
    ):
        with pytest.raises(UnknownWall):
            wall_by_token(wrong)
    # Who moves the row to another zone in the database has no link to that one.
    WallLink.records.filter(pk=row.pk).update(zone=other)
    with pytest.raises(UnknownWall):
        wall_by_token(token)
    WallLink.records.filter(pk=row.pk).update(zone=zone)
    with pytest.raises(UnableToLinkWall):
        revoke_wall_link(zone=other, pk=row.pk, actor=DIRECTOR, at=AT)
    assert wall_by_token(token)
    for _again in range(2):
        revoke_wall_link(zone=zone, pk=row.pk, actor=DIRECTOR, at=AT)
    with pytest.raises(UnknownWall):
        wall_by_token(token)
    assert _entries(zone) == ["zones.wall.make", "zones.wall.revoke"]


@pytest.mark.parametrize(
    ("name", "words"), [("", "Name the screen"), ("  ", "Name the screen"), ("x" * 101, "Name the screen"), ("hall", "already")]
)
def test_a_wall_link_needs_a_name_of_its_own(zone, name, words):
    make_wall_link(zone=zone, name="hall", actor=DIRECTOR, at=AT)
    before = state()
    with pytest.raises(UnableToLinkWall, match=words):
        make_wall_link(zone=zone, name=name, actor=DIRECTOR, at=AT)
    assert state() == before


def test_the_page_of_walls_makes_and_revokes(zone):
    address = reverse("walls", args=[zone.code])
    assert _client(zone, "statistics").post(address, {"do": "make", "name": "hall"}).status_code == 403
    assert not wall_links(zone).exists()
    client = _client(zone, "director")
    client.post(address, {"do": "make", "name": "hall"})
    row = wall_links(zone).get()
    assert f"/board/{wall_token(row)}/" in client.get(address).content.decode()
    assert Client().get(f"/board/{wall_token(row)}/").status_code == 200
    client.post(address, {"do": "revoke", "link": row.pk})
    assert Client().get(f"/board/{wall_token(row)}/").status_code == 404
    assert wall_token(row) not in client.get(address).content.decode()


def test_the_command_line_keeps_walls(zone):
    run = CliRunner().invoke
    assert run(townwright, ["wall", "make", "hall", "--zone", "here", "--json"]).exit_code == 0
    row = wall_links(zone).get()
    assert wall_token(row) in run(townwright, ["wall", "list", "--zone", "here", "--json"]).output
    assert run(townwright, ["wall", "revoke", str(row.pk), "--zone", "here"]).exit_code == 0
    assert wall_token(row) not in run(townwright, ["wall", "list", "--zone", "here", "--json"]).output
    assert run(townwright, ["wall", "revoke", "999999", "--zone", "here"]).exit_code == 1


@pytest.mark.parametrize(("latitude", "longitude"), [("91", "0"), ("0", "-181"), ("30", None)])
def test_a_place_that_is_not_on_earth_is_refused(zone, latitude, longitude):
    run = CliRunner().invoke
    told = ["init", "--zone", "far", "--latitude", latitude, *(["--longitude", longitude] if longitude else [])]
    answer = run(townwright, told)
    assert answer.exit_code == 1 and "latitude" in answer.output
