"""Every rulebook that ships checks, and its cases pass, the day before it came into force among them."""

import pytest
import yaml

from townwright.kernel.formula import check_rulebook, load_rulebook, run_cases
from townwright.kernel.values.bound import Bound
from townwright.rulebooks import listed, packaged, read_text


@pytest.mark.parametrize("name", sorted(packaged()))
def test_it_checks_and_its_cases_pass(name):
    book = load_rulebook(packaged()[name], source=name)
    assert [str(finding) for finding in check_rulebook(book)] == []
    results = run_cases(book)
    assert results
    assert [difference for result in results for difference in result.differences] == []
    if book.kind != "indicators":
        assert any(case.expect.get("not_in_force") for case in book.cases)


@pytest.mark.parametrize("name", listed("claims"))
def test_every_claim_says_what_it_must(name):
    claims = yaml.safe_load(read_text(name))["claims"]
    assert len({claim["uid"] for claim in claims}) == len(claims)
    for claim in claims:
        assert Bound(claim["bound"])
        assert claim.get("indicator") or claim.get("why_not"), claim["uid"]
        assert set(claim["label"]) == {"zh", "en"}
