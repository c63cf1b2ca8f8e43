"""The reference of the command line is what the verbs say of themselves, in both languages."""

import pytest

from tests.repo.source import ROOT
from townwright.site.cli.reference import reference
from townwright.site.cli.verbs import townwright

PAGES = {"en": "command-line.md", "zh": "command-line.zh-CN.md"}
MARK = "-->\n\n"


@pytest.mark.parametrize("language", PAGES)
def test_the_reference_is_what_the_verbs_say(language, pytestconfig):
    path = ROOT / "docs" / "reference" / PAGES[language]
    head, mark, told = path.read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{path} has lost the line above what is generated"
    wanted = reference(townwright, "townwright", language)
    if pytestconfig.getoption("--renew-baselines"):
        path.write_text(head + mark + wanted, encoding="utf-8")
        return
    assert told == wanted, "renew it: pytest --renew-baselines tests/flows/test_cli_reference.py"


def test_both_pages_tell_of_the_same_verbs():
    heads = [
        [
            line
            for line in (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8").splitlines()
            if line.startswith(("## `", "### `"))
        ]
        for name in PAGES.values()
    ]
    assert heads[0] == heads[1]
    assert "### `townwright claims withdraw`" in heads[0]
