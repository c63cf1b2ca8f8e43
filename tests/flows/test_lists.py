"""The one list: what is chosen stands in the address, files hold what the page shows, views are a person's own."""

import csv
import io
from html.parser import HTMLParser

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.zones.services import open_zone
from townwright.frame.models import AuditEntry, RoleAssignment, SavedView
from townwright.frame.saved_views import MOST, UnableToKeepView, forget_view, keep_view, tidy, views

FIRMS = "/z/here/firms/"


def person(zone, name, role):
    user = get_user_model().objects.create_user(name)
    RoleAssignment.records.create(zone=zone, user=user, role=role)
    return user


def client_of(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def registrar(firms):
    return person(firms, "registrar", "registrar")


class Heads(HTMLParser):
    """Collects the texts of the table's head."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.texts = False, []
        self.feed(html)

    def handle_starttag(self, tag, _attrs):
        if tag == "th":
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag):
        if tag == "th":
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data.strip()


def heads(client, query=""):
    return Heads(client.get(FIRMS + query).content.decode()).texts


def lines(client, query):
    return list(csv.reader(io.StringIO(client.get(FIRMS + query).content.decode("utf-8-sig"))))


def test_columns_are_chosen_in_the_address(registrar):
    client = client_of(registrar)
    assert heads(client) == ["Name", "Code", "Industry", "Arrived", "Left", "Present"]
    assert heads(client, "?col=name&col=key&col=no-such") == ["Key", "Name"]
    assert heads(client, "?col=no-such") == heads(client)


def test_a_file_holds_what_the_page_shows_under_labels_of_the_readers_language(registrar):
    query = "?at=2016-12-31&status=present&export=csv"
    english, chinese = lines(client_of(registrar), query), lines(client_of(registrar, "zh-hans"), query)
    assert english[0] == ["Key", "Name", "English name", "Code", "Industry", "Arrived", "Left", "Present", "Registered on", "Address"]
    assert [row[1] for row in english[1:]] == ["甲科技有限公司"]
    assert english[1][5:8] == ["2014-03-01", "", "yes"]
    assert (chinese[0][1], chinese[1][7]) == ("名称", "是")
    assert lines(client_of(registrar), "?col=name&col=left_on&export=csv&sort=-name&at=2016-12-31") == [
        ["Name", "Left"],
        ["甲科技有限公司", ""],
        ["乙科技有限公司", "2015-06-30"],
    ]
    assert AuditEntry.records.filter(verb="export", subject="firms").count() == 3


def test_only_who_may_export_is_offered_a_file(firms, registrar):
    reception = client_of(person(firms, "reception", "reception"))
    assert "export=csv" in client_of(registrar).get(FIRMS).content.decode()
    assert "export=csv" not in reception.get(FIRMS).content.decode()
    assert reception.get(FIRMS, {"export": "csv"}).status_code == 403


def test_htmx_is_given_the_region_alone_and_the_order_and_columns_go_with_the_filters(registrar):
    client = client_of(registrar)
    headers = {"HX-Request": "true", "HX-Target": "list"}
    part = client.get(FIRMS + "?sort=-name&col=name&q=科技", headers=headers).content.decode()
    assert "<html" not in part
    assert part.strip().startswith('<div class="list-region" id="list"')
    assert '<input type="hidden" name="sort" value="-name" form="filters">' in part
    assert '<input type="hidden" name="col" value="name" form="filters">' in part
    assert 'aria-sort="descending"' in part


def test_a_filter_that_is_no_choice_is_told_at_its_field_and_left_out(registrar):
    page = client_of(registrar).get(FIRMS, {"status": "flown", "at": "2016-12-31"})
    assert [str(one) for one in page.context["list"].filters.errors["status"]] == [
        "Select a valid choice. flown is not one of the available choices."
    ]
    assert page.context["table"].paginator.count == 2
    # No file tells of a filter that was not understood.
    assert client_of(registrar).get(FIRMS, {"status": "flown", "export": "csv"})["Content-Type"].startswith("text/html")


def test_a_view_is_kept_under_a_name_and_the_same_name_keeps_the_new_one(firms, registrar):
    client = client_of(registrar)
    keep = reverse("keep-view", args=["here", "firm-list"])
    answer = client.post(keep, {"title": " 已迁出 ", "query": "status=left&page=3&export=csv&q=&sort=-left_on"})
    assert answer.headers["Location"] == FIRMS + "?status=left&sort=-left_on"
    client.post(keep, {"title": "已迁出", "query": "status=left"})
    assert [(one.title, one.query) for one in views(firms, registrar, "firm-list")] == [("已迁出", "status=left")]
    assert AuditEntry.records.filter(verb="views.keep").count() == 2
    # The same again is no change.
    client.post(keep, {"title": "已迁出", "query": "status=left"})
    assert AuditEntry.records.filter(verb="views.keep").count() == 2
    assert f'href="{FIRMS}?status=left"' in client.get(FIRMS).content.decode()
    pk = SavedView.records.get().pk
    assert client.post(reverse("forget-view", args=["here", pk])).headers["Location"] == FIRMS
    assert SavedView.records.count() == 0


def test_a_view_of_a_page_with_an_argument_leads_back_to_it(firms):
    client = client_of(person(firms, "director", "director"))
    answer = client.post(reverse("keep-view", args=["here", "policy:some-policy"]), {"title": "x", "query": "verdict=eligible"})
    assert answer.headers["Location"] == "/z/here/policies/some-policy/?verdict=eligible"
    assert client.post(reverse("keep-view", args=["here", "policy"]), {"title": "x"}).status_code == 404


def test_views_are_ones_own(firms, registrar):
    other = person(firms, "auditor", "auditor")
    row = keep_view(zone=firms, user=registrar, listing="firm-list", title="mine", query="q=x", actor=CLERK, at=AT)
    assert list(views(firms, other, "firm-list")) == []
    assert client_of(other).post(reverse("forget-view", args=["here", row.pk])).status_code == 404
    assert SavedView.records.count() == 1
    elsewhere = open_zone(
        code="there", name_zh="彼地", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )
    assert list(views(elsewhere, registrar, "firm-list")) == []
    with pytest.raises(UnableToKeepView, match="keep no such view"):
        forget_view(zone=elsewhere, user=registrar, pk=row.pk, actor=CLERK, at=AT)


def test_who_holds_no_role_with_views_keeps_none(firms):
    guest = client_of(person(firms, "guest", "guest"))
    assert guest.post(reverse("keep-view", args=["here", "firm-list"]), {"title": "x", "query": "q=x"}).status_code == 403
    assert SavedView.records.count() == 0


@pytest.mark.parametrize(
    ("title", "query", "said"), [("  ", "q=x", "1 to 80 characters"), ("x" * 81, "q=x", "1 to 80 characters"), ("x", "q=" + "x" * 1000, "too long")]
)  # fmt: skip
def test_a_view_that_cannot_be_kept_says_why(firms, registrar, title, query, said):
    with pytest.raises(UnableToKeepView, match=said):
        keep_view(zone=firms, user=registrar, listing="firm-list", title=title, query=query, actor=CLERK, at=AT)
    page = client_of(registrar).post(reverse("keep-view", args=["here", "firm-list"]), {"title": title, "query": query}, follow=True)
    assert said in page.content.decode()
    assert (SavedView.records.count(), AuditEntry.records.filter(verb="views.keep").count()) == (0, 0)


def test_a_person_keeps_so_many_views_of_a_list_and_no_more(firms, registrar):
    for number in range(MOST):
        keep_view(zone=firms, user=registrar, listing="firm-list", title=f"{number}", query="q=x", actor=CLERK, at=AT)
    with pytest.raises(UnableToKeepView, match=f"keep {MOST} views"):
        keep_view(zone=firms, user=registrar, listing="firm-list", title="one more", query="q=x", actor=CLERK, at=AT)
    keep_view(zone=firms, user=registrar, listing="firm-list", title="0", query="q=y", actor=CLERK, at=AT)
    keep_view(zone=firms, user=registrar, listing="people", title="one more", query="q=x", actor=CLERK, at=AT)


@pytest.mark.parametrize(
    ("query", "kept"),
    [("?a=1&page=2&b=", "a=1"), ("col=x&col=y&export=csv", "col=x&col=y"), ("q=甲 乙", "q=%E7%94%B2+%E4%B9%99"), ("", ""), ("//evil", "")],
)
def test_what_a_view_keeps_of_an_address(query, kept):
    assert tidy(query) == kept
