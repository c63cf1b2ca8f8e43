"""The pages of long work and of returns by hand: every role, granted and refused."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.filings.services import accept, hand_in
from townwright.apps.parties.models import Party
from townwright.frame.models import AuditEntry, Job, RoleAssignment
from townwright.frame.permissions import roles, table
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.site.datasets import handler_for

PAGES = {
    "import": "imports.run", "import-job": "imports.run", "import-job-progress": "imports.run", "close": "close.run", "close-job": "close.run",
    "close-job-progress": "close.run", "not-filed": "filings.view", "enter-filing": "filings.edit", "correct-filing": "filings.edit",
}  # fmt: skip


@pytest.fixture
def town(zone, tmp_path):
    """A firm with an accepted return, a preview and a close that are done, and a person a role."""
    (tmp_path / "r.csv").write_text("企业名称,入驻日期\n甲公司,2014-01-01\n乙公司,2014-01-01\n", encoding="utf-8")
    run_import(tmp_path / "r.csv", dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    told = {"zone": zone, "party": Party.records.get(name="甲公司"), "dataset": "yearly-return", "period": Period.parse("2016")}
    row = hand_in(**told, values={"revenue": 100}, answers={}, actor=CLERK, at=AT)
    zone.filing = accept(zone=zone, filing_id=row.pk, actor=CLERK, at=AT)
    for role in roles():
        user = get_user_model().objects.create_user(role)
        RoleAssignment.records.create(zone=zone, user=user, role=role)
    return zone


def as_role(role):
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(username=role))
    return client


def previewed(client, text="企业名称\n丙公司\n", **told):
    file = SimpleUploadedFile("r.csv", text.encode())
    return client.post(reverse("import", args=["here"]), {"dataset": "registry", "file": file, **told}, follow=True)


def address(town, name):
    numbers = {"import-job": "import-preview", "close-job": "close"}
    kind = numbers.get(name.removesuffix("-progress"))
    number = Job.records.get(kind=kind).pk if kind else town.filing.pk if name == "correct-filing" else None
    return reverse(name, args=["here", *([number] if number else [])])


def test_every_new_page_opens_for_the_roles_of_its_permission_and_no_other(town):
    director = as_role("director")
    previewed(director)
    director.post(reverse("close", args=["here"]), {"period": "2016"})
    seen = {(name, role): as_role(role).get(address(town, name)).status_code for name in PAGES for role in roles()}
    wanted = {
        (name, role): (302 if name.endswith("-progress") else 200) if role in table()[permission] else 403
        for name, permission in PAGES.items()
        for role in roles()
    }
    assert seen == wanted
    assert {Client().get(address(town, name)).status_code for name in PAGES} == {302}
    stranger = get_user_model().objects.create_user("stranger")
    client = Client()
    client.force_login(stranger)
    assert {client.get(address(town, name)).status_code for name in PAGES} == {404}


def test_who_may_not_does_not_start_work_either(town):
    for role in sorted(set(roles()) - table()["imports.run"]):
        assert previewed(as_role(role)).status_code == 403
    for role in sorted(set(roles()) - table()["close.run"]):
        assert as_role(role).post(reverse("close", args=["here"]), {"period": "2016"}).status_code == 403
    for role in sorted(set(roles()) - table()["filings.edit"]):
        assert as_role(role).post(address(town, "correct-filing"), {"version": "1", "reason": "x"}).status_code == 403
    assert Job.records.count() == 0


def test_a_job_of_another_kind_or_zone_is_not_there(town):
    previewed(as_role("director"))
    number = Job.records.get().pk
    director = as_role("director")
    assert director.get(reverse("close-job", args=["here", number])).status_code == 404
    assert director.get(reverse("import-job", args=["here", number + 1])).status_code == 404
    assert director.get(reverse("correct-filing", args=["here", 10**6])).status_code == 404
    assert director.get(reverse("filing", args=["here", 10**6])).status_code == 404


def test_the_list_of_who_has_not_filed_is_taken_by_who_may_export(town):
    address_ = reverse("not-filed", args=["here"]) + "?dataset=yearly-return&period=2016&export=csv"
    for role in sorted(table()["filings.view"]):
        said = as_role(role).get(address_)
        assert said.status_code == (200 if role in table()["filings.export"] else 403)
    assert said.content.decode("utf-8-sig").splitlines()[1].split(",")[1] == "乙公司"
    assert AuditEntry.records.filter(verb="export", subject="not-filed-yearly-return-2016").count() == len(table()["filings.export"])


def test_findings_are_filtered_paged_and_exported(town):
    text = "企业名称,成立日期\n" + "".join(f"第{number}企业,{'昨天' if number % 2 else '2014-01-01'}\n" for number in range(120))
    page = previewed(as_role("registrar"), text)
    assert (page.context["report"]["severities"]["refused"], page.context["report"]["counts"]["created"]) == (60, 60)
    assert (len(page.context["page"]), page.context["page"].paginator.num_pages) == (50, 2)
    client, here = as_role("registrar"), reverse("import-job", args=["here", Job.records.get().pk])
    assert client.get(here + "?severity=warned").context["page"].paginator.count == 0
    lines = client.get(here + "?severity=refused&export=csv").content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[1].split(",")[:4]) == (61, ["3", "refused", "registered_on", "date"])
    assert "'昨天' is not a date" in lines[1]
    chinese = client.get(here + "?severity=refused&export=csv", headers={"accept-language": "zh-hans"}).content.decode("utf-8-sig")
    assert "“昨天”不是日期" in chinese


def test_refused_rows_stay_out_only_by_an_explicit_tick_and_the_upload_is_cleared(town, settings):
    client = as_role("registrar")
    previewed(client, "企业名称,成立日期\n丙公司,2014-01-01\n丁公司,昨天\n")
    here = reverse("import-job", args=["here", Job.records.get().pk])
    refused = client.post(here, {"do": "land"}, follow=True)
    assert (refused.context["report"]["landed"], Party.records.count()) == (False, 2)
    assert "Refused: nothing was written" in refused.content.decode()
    uploads = settings.TOWNWRIGHT_HOME / "uploads"
    assert len(list(uploads.iterdir())) == 1
    landed = client.post(refused.request["PATH_INFO"], {"do": "land", "skip_refused": "on"}, follow=True)
    assert (landed.context["report"]["landed"], landed.context["report"]["counts"]["created"], Party.records.count()) == (True, 1, 3)
    assert landed.context["changed_url"] == reverse("firm-list", args=["here"])
    assert list(uploads.iterdir()) == []
    gone = client.post(here, {"do": "preview"}, follow=True)
    assert "no longer kept" in gone.content.decode()


def test_columns_that_a_person_names_are_previewed_and_then_remembered(town):
    client = as_role("registrar")
    previewed(client, "单位简称,成立日期\n丙公司,2014-01-01\n")
    number = Job.records.get().pk
    again = client.post(reverse("import-job", args=["here", number]), {"do": "preview", "map-单位简称": "name"}, follow=True)
    assert again.context["report"]["counts"]["created"] == 1
    landed = client.post(again.request["PATH_INFO"], {"do": "land"}, follow=True)
    assert landed.context["report"]["landed"]
    assert previewed(client, "单位简称\n丁公司\n").context["report"]["mapping"] == {"name": "单位简称"}


def test_a_file_that_is_no_workbook_is_told_in_the_readers_language(town):
    client = as_role("registrar")
    file = SimpleUploadedFile("r.xlsx", b"hello")
    page = client.post(reverse("import", args=["here"]), {"dataset": "registry", "file": file}, follow=True)
    assert "is not a workbook" in page.content.decode()
    chinese = client.get(page.request["PATH_INFO"], headers={"accept-language": "zh-hans"}).content.decode()
    assert "不是工作簿文件" in chinese
    assert previewed(client, dataset="registri").status_code == 200
    assert Job.records.count() == 1
