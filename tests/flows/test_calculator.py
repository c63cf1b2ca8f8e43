"""The calculator gives what the rulebooks give, says what is missing and what would change it, and keeps nothing."""

import logging

import pytest
from django.test import Client

from tests.flows.sheets import state
from townwright.apps.filings.models import Filing
from townwright.apps.parties.models import Party

ALL, ONE = "/p/yunqi/en/calculator/", "/p/yunqi/en/calculator/{}/"
HERE = {"firm.present": "yes", "firm.is_branch": "no", "year": "2026"}
SECRET = "7654321"


@pytest.fixture
def send(demo, db):
    """Send the form as a stranger; CSRF is checked as for anybody."""
    client = Client(enforce_csrf_checks=True)

    def told(address, answers, **headers):
        answer = client.post(address, {**HERE, **answers}, headers=headers)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return told


def test_the_form_asks_for_what_the_policies_read_each_once(demo, db):
    page = Client().get(ALL).content.decode()
    for name in (
        "firm.present",
        "support_application.rent_paid",
        "support_application.it_spend",
        "yearly_return.revenue",
        "yearly_return.revenue.1",
        "support_application.unit_rent",
    ):
        assert page.count(f'name="{name}"') == 1
    assert "100 million CNY" in page
    assert "亿元" in Client().get("/p/yunqi/zh/calculator/").content.decode()
    one = Client().get(ONE.format("sample-rent-relief")).content.decode()
    assert 'name="support_application.rent_paid"' in one and "it_spend" not in one


def test_an_amount_by_hand(send):
    # 30 % of 200,000 and 20 % of 50,000 is 70,000.
    page = send(
        ONE.format("sample-it-logistics"),
        {
            "support_application.it_spend": "200,000",
            "support_application.logistics_spend": "5",
            "support_application.logistics_spend:scale": "wan",
        },
    )
    assert "70,000 CNY" in page and "Eligible" in page
    assert "spend on IT infrastructure 200,000.00 CNY × share of IT spend 0.3" in page


@pytest.mark.parametrize(("typed", "scale", "shown"), [("0.002", "yi", "60,000 CNY"), ("２００，０００", "1", "60,000 CNY"), ("20", "wan", "60,000 CNY"), (" 200 000 ", "1", "60,000 CNY"), ("200000", "nonsense", "60,000 CNY")])  # fmt: skip
def test_money_is_typed_in_any_scale_and_width(send, typed, scale, shown):
    told = {"support_application.it_spend": typed, "support_application.it_spend:scale": scale, "support_application.logistics_spend": "0"}
    assert shown in send(ONE.format("sample-it-logistics"), told)


def test_what_is_missing_is_named_and_not_taken_as_zero(send):
    page = send(ONE.format("sample-it-logistics"), {"support_application.it_spend": "100"})
    assert "Cannot be decided" in page and "spend on logistics" in page.partition("Still missing:")[2]


def test_a_refusal_says_by_how_much_and_what_would_change_it(send):
    page = send(
        ONE.format("sample-scale-growth"),
        {
            "yearly_return.revenue": "1200",
            "yearly_return.revenue:scale": "wan",
            "yearly_return.revenue.1": "1000",
            "yearly_return.revenue.1:scale": "wan",
        },
    )
    assert "Not eligible" in page
    # 30 % on 10 million asks for 13 million; the lowest tier for 20 million.
    told = page.partition("What would change it")[2]
    assert "8,000,000.00 CNY short" in told
    assert "Revenue 2026” were 12,999,995.00 CNY" in told or "Revenue 2026” were 13,000,000.00 CNY" in told
    assert "2025”" not in told


def test_of_policies_that_exclude_each_other_the_higher_counts(send):
    # Wuchang, first year: 80 × 1,000 × 12 = 960,000; the sample gives half of the rent, at most 300,000; both of the group "rent".
    told = {
        "support_application.rent_paid": "960000",
        "support_application.rented_area": "1200",
        "support_application.unit_rent": "90",
        "support_application.support_year": "1",
    }
    page = send(ALL, told)
    total = page.partition("Of all policies together, 2026")[2].partition("</section>")[0].partition("public-result")[0]
    assert "960,000 CNY" in total
    assert "Not together with “Wuchang maker-space rent support”, which gives more" in page


def test_one_policy_at_a_time_and_all_agree(send):
    told = {"support_application.rent_paid": "100000"}
    assert "50,000 CNY" in send(ALL, told) and "50,000 CNY" in send(ONE.format("sample-rent-relief"), told)


def test_a_policy_that_is_not_in_force_in_the_year_is_said_to_be_so(send):
    page = send(ALL, {"year": "2019", "support_application.rent_paid": "100000"})
    assert "Not in force at the end of 2019." in page
    # In 2015 the share was 40 %: the rule of that year is applied.
    assert "40,000 CNY" in send(ONE.format("sample-rent-relief"), {"year": "2015", "support_application.rent_paid": "100000"})
    assert "year" in send(ALL, {"year": "²"}) and "year" in send(ALL, {"year": "9999"})


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("support_application.it_spend", "much", "This is not a number."),
        ("support_application.it_spend", "1e9", "This is not a number."),
        ("support_application.it_spend", "١٢", "This is not a number."),
        ("support_application.it_spend", "9" * 40, "more digits"),
        ("support_application.it_spend", "0.001", "At most 2 decimals."),
        ("support_application.support_year", "1.5", "A whole number is asked for."),
        ("firm.present", "maybe", "Choose yes or no."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_kept(send, name, typed, words):
    page = send(ALL, {name: typed, "support_application.rent_paid": "77"})
    assert words in page and 'value="77"' in page
    assert "Something that was typed cannot be read" in page and "public-verdict" not in page


def test_html_that_is_typed_stays_text(send):
    page = send(ALL, {"support_application.it_spend": "<script>alert(1)</script>"})
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_htmx_gets_the_result_alone_and_others_the_whole_page(send):
    told = {"support_application.rent_paid": "100000"}
    part = send(ONE.format("sample-rent-relief"), told, **{"hx-request": "true"})
    assert "50,000 CNY" in part and "<html" not in part
    assert "<html" in send(ONE.format("sample-rent-relief"), told)


def test_nothing_is_stored_nothing_is_logged_nothing_is_kept(demo, db, caplog):
    before, rows = state(), (Party.records.count(), Filing.records.count())
    client = Client()
    with caplog.at_level(logging.DEBUG):
        for address in (ALL, ONE.format("sample-rent-relief")):
            for typed in (SECRET, f"{SECRET}x"):
                answer = client.post(address, {**HERE, "support_application.rent_paid": typed})
                assert answer.headers["Cache-Control"] == "no-store"
                assert (answer.cookies.output(), "ETag" in answer.headers) == ("", False)
    assert (state(), Party.records.count(), Filing.records.count()) == (before, *rows)
    said = [one.getMessage() for one in caplog.records if one.name != "django.db.backends"]
    assert [one for one in said if SECRET in one] == []
    assert [one.getMessage() for one in caplog.records if one.name == "django.db.backends" and SECRET in one.getMessage()] == []
    assert SECRET not in client.get(ALL).content.decode()
    assert not client.session.items()


def test_a_policy_that_is_not_public_cannot_be_worked_out(demo, db):
    assert Client().get(ONE.format("no-such")).status_code == 404
    assert Client().post(ONE.format("size-class"), HERE).status_code == 404
