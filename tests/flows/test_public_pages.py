"""The public site: everybody may open it, nothing of a firm is on it, search engines and programs find their way."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.sheets import state
from townwright.apps.incentives.selectors import rulebook
from townwright.apps.parties.models import Identifier, Party
from townwright.apps.zones.models import Publication
from townwright.site.public.urls import DATA, PAGES

GIVEN = {"public-figure": {"name": "fiscal_growth"}, "public-policy": {"name": "sample-rent-relief"}, "public-calculator-one": {"name": "sample-rent-relief"}, "public-policy-data": {"name": "sample-rent-relief"}}  # fmt: skip
NAMES = [one.name for one in PAGES]


def _addresses(code):
    for one in [*PAGES, *DATA]:
        told = {"code": code, **GIVEN.get(one.name, {})}
        yield reverse(one.name, kwargs=told)
        if one.name in NAMES:
            for language in ("zh", "en"):
                yield reverse(one.name, kwargs={**told, "language": language})


@pytest.fixture
def get(demo, db):
    """Ask as a stranger."""
    client = Client()
    return lambda address, **headers: client.get(address, headers=headers)


def test_every_public_page_opens_without_an_account_and_sets_no_cookie(get):
    for address in _addresses("yunqi"):
        answer = get(address)
        assert (address, answer.status_code, answer.cookies.output()) == (address, 200, "")


def test_every_page_is_in_both_languages_and_names_its_counterpart(get):
    for name in NAMES:
        told = {"code": "yunqi", **GIVEN.get(name, {})}
        pages = {word: get(reverse(name, kwargs={**told, "language": word})) for word in ("zh", "en")}
        for word, language in (("zh", "zh-hans"), ("en", "en")):
            text = pages[word].content.decode()
            assert f'<html lang="{language}">' in text
            assert pages[word].headers["Content-Language"] == language
            for other, code in (("zh", "zh-Hans"), ("en", "en")):
                assert f'hreflang="{code}" href="http://testserver{reverse(name, kwargs={**told, "language": other})}"' in text
            assert f'rel="canonical" href="http://testserver{reverse(name, kwargs={**told, "language": word})}"' in text
            title = re.search(r"<title>(.*?)</title>", text)[1]
            described = re.search(r'<meta name="description" content="(.*?)">', text)[1]
            assert len(title) > 5 and len(described) > 5
        assert pages["zh"].content != pages["en"].content


def test_without_a_language_in_the_address_the_visitors_own_is_spoken(get):
    assert '<html lang="zh-hans">' in get("/p/yunqi/", **{"accept-language": "zh-CN"}).content.decode()
    answer = get("/p/yunqi/", **{"accept-language": "en"})
    assert '<html lang="en">' in answer.content.decode()
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    assert "Cookie" not in get("/p/yunqi/en/").headers.get("Vary", "")


def test_no_firm_leaks_by_any_public_answer(get, demo):
    for built in demo:
        zone = built.zone
        names = [
            *Party.records.filter(zone=zone).values_list("name", flat=True),
            *Party.records.filter(zone=zone).values_list("key", flat=True),
        ]
        codes = list(Identifier.records.filter(zone=zone).values_list("value", flat=True))
        assert len(names) > 100 and len(codes) > 100
        addresses = [
            one for one in _addresses(zone.code) if zone.code == "yunqi" or ("sample-rent-relief" not in one and "fiscal" not in one)
        ]
        for row in Publication.records.get(zone=zone).figures:
            addresses.append(reverse("public-figure", kwargs={"code": zone.code, "name": row}))
        for address in [*addresses, "/sitemap.xml", "/p/"]:
            answer = get(address)
            assert answer.status_code in (200, 404)
            text = answer.content.decode()
            assert [secret for secret in (*names, *codes) if secret and secret in text] == [], address


def test_a_figure_that_is_not_chosen_is_nowhere(get, demo):
    Publication.records.filter(zone=demo[0].zone).update(figures=["firms"])
    assert get("/p/yunqi/figures/staff/").status_code == 404
    told = json.loads(get("/p/yunqi/figures.json").content)
    assert [one["code"] for one in told["figures"]] == ["firms"]
    # What was published of a figure that is not shown would tell, by its reason, what was measured.
    everything = get("/p/yunqi/en/").content.decode() + get("/p/yunqi/figures.json").content.decode()
    assert "336,020,000" not in everything and "8,036,000,000" not in everything
    Publication.records.filter(zone=demo[0].zone).update(other_claims=False)
    assert json.loads(get("/p/yunqi/figures.json").content)["other_published"] == []


def test_a_figure_that_is_no_longer_measured_falls_out(get, demo):
    Publication.records.filter(zone=demo[0].zone).update(figures=["gone", "firms"], policies=["gone", "sample-rent-relief"])
    assert [one["code"] for one in json.loads(get("/p/yunqi/figures.json").content)["figures"]] == ["firms"]
    assert [one["code"] for one in json.loads(get("/p/yunqi/policies.json").content)["policies"]] == ["sample-rent-relief"]
    assert (
        get("/p/yunqi/figures/gone/").status_code
        == get("/p/yunqi/policies/gone/").status_code
        == get("/p/yunqi/policies/gone.json").status_code
        == 404
    )


def test_the_figures_stand_beside_what_was_published(get):
    told = {one["code"]: one for one in json.loads(get("/p/yunqi/figures.json").content)["figures"]}
    growth = told["fiscal_growth"]
    assert (growth["value"], growth["unit"], growth["formula"]) == ("0.5801", "ratio", "fiscal_revenue / fiscal_revenue_before - 1")
    published = growth["published"][0]
    assert (published["value"], published["bound"], published["verdict"], published["quote"]) == (
        "0.58",
        "exact",
        "agrees after rounding",
        "同比增长58%",
    )
    assert told["firms"]["value"] == "481" and told["cloud_firms"]["published"][0]["verdict"] == "agrees"
    assert (told["cloud_output"]["published"][0]["bound"], told["cloud_output"]["value"]) == ("more_than", "8036000000")
    page = get("/p/yunqi/en/figures/fiscal_growth/").content.decode()
    assert "58.01%" in page and "SUM(returns.fiscal_contribution)" in page and "同比增长58%" in page


def test_data_may_be_read_from_anywhere_and_compared(get):
    for address in ("/p/yunqi/figures.json", "/p/yunqi/policies.json", "/p/yunqi/policies/sample-rent-relief.json"):
        answer = get(address)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert "public" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers
        same = get(address, **{"if-none-match": answer.headers["ETag"]})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", answer.headers["ETag"])
        assert same.headers["Access-Control-Allow-Origin"] == "*"
        asked = Client().options(address, headers={"origin": "https://elsewhere.example", "access-control-request-method": "GET"})
        assert (asked.status_code, asked.headers["Access-Control-Allow-Headers"]) == (204, "If-None-Match")
        refused = Client().post(address)
        assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert Client().head("/p/yunqi/figures.json").content == b""


def test_a_policy_as_data_is_its_rulebook(get, demo):
    told = json.loads(get("/p/yunqi/policies/wuchang-makerspace-rent.json").content)
    row = rulebook(demo[0].zone, "wuchang-makerspace-rent")
    assert (told["hash"], told["version"], told["exclusion_group"]) == (row.hash, row.version, "rent")
    assert [one["name"] for one in told["conditions"]] == ["present", "applied", "within_three_years"]
    cap = next(one for one in told["parameters"] if one["name"] == "rent_cap")
    assert (cap["unit"], cap["values"]) == ("CNY/m2/month", [{"from": "2020-04-03", "value": "80"}])
    steps = told["tables"][0]["values"][0]["steps"]
    assert [(one["start"], one["value"]) for one in steps] == [("1", "1"), ("2", "0.5"), ("4", "0")]


def test_a_policy_reads_as_a_document(get):
    page = get("/p/yunqi/zh/policies/wuchang-makerspace-rent/").content.decode()
    for words in ("在三年补贴期内", "80 元/㎡/月", "单价不超过80元/㎡/月", "2020-04-03", "960,000 元", "武昌区众创空间扶持政策", "50%"):
        assert words in page
    assert "sample rule" not in get("/p/yunqi/en/policies/wuchang-makerspace-rent/").content.decode()
    assert "A sample rule, in force nowhere" in get("/p/yunqi/en/policies/sample-rent-relief/").content.decode()


def test_search_engines_find_every_page_and_nothing_behind_a_sign_in(get):
    tree = ElementTree.fromstring(get("/sitemap.xml").content)
    found = [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(found) == len(set(found)) > 40
    for address in found:
        assert get(address.removeprefix("http://testserver")).status_code == 200
    assert not [one for one in found if "/z/" in one or "/board/" in one]
    robots = get("/robots.txt").content.decode()
    assert "Disallow: /\n" in robots and "Sitemap: http://testserver/sitemap.xml" in robots


def test_headers_of_every_answer_forbid_scripts_of_others(get):
    for address in ("/p/yunqi/", "/sign-in/", "/p/yunqi/figures.json", "/robots.txt"):
        answer = get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "object-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy and re.search(r"script-src[^;]*unsafe", policy) is None
        assert (answer.headers["X-Content-Type-Options"], answer.headers["X-Frame-Options"]) == ("nosniff", "DENY")


def test_no_template_holds_a_script_or_a_handler():
    from tests.repo.source import ROOT, committed

    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<[a-z][^>]*\son[a-z]+=|<style|javascript:", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {one.group()[:60]}"
        for path in committed()
        if path.suffix == ".html" and path.name != "report_file.html"
        for one in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


NONSENSE = {"year": "x", "lang": "x", "name": "x", "page": "²", "theme": "x"}


def test_nonsense_is_never_a_fault_of_the_server_and_writes_nothing(get):
    before = state()
    for address in _addresses("yunqi"):
        for told in (NONSENSE, dict.fromkeys(NONSENSE, "9" * 40)):
            assert Client().get(address, told).status_code == 200
        assert Client().get(address, {"year": "a\x00b"}).status_code == 400
        if "calculator" not in address:
            assert Client().post(address, {"x": "1"}).status_code in (200, 405)
    assert state() == before


def test_a_zone_without_a_close_shows_its_words(zone):
    from tests.flows.conftest import AT, DIRECTOR
    from townwright.apps.zones.domain import PublicFace
    from townwright.apps.zones.services import set_publication

    set_publication(zone=zone, published=True, face=PublicFace(("firms",), (), "", {"zh": "只有简介", "en": ""}), actor=DIRECTOR, at=AT)
    page = Client().get("/p/here/en/").content.decode()
    assert "只有简介" in page
    assert json.loads(Client().get("/p/here/figures.json").content)["snapshot"] is None
    assert Client().get("/p/here/calculator/").status_code == 404
    assert Client().get("/p/here/policies/").status_code == 200


def test_who_is_signed_in_gets_the_same_public_page_and_no_cookie(demo, db):
    client = Client()
    client.force_login(get_user_model().objects.get(username="director"))
    stranger = Client().get("/p/yunqi/en/")
    known = client.get("/p/yunqi/en/")
    assert known.content == stranger.content and known.cookies.output() == "" and "Cookie" not in known.headers.get("Vary", "")
