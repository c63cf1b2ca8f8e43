"""The author's verbs, through the command line: new, check, test, explain, compare, doc, schema, pack, import."""

import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from tests.repo.source import ROOT
from townwright.kernel.formula import check_rulebook, load_rulebook, run_cases
from townwright.kernel.formula.document import document, to_html, to_markdown
from townwright.kernel.formula.openfisca import UnableToImport, import_openfisca
from townwright.kernel.formula.schema import rulebook_schema
from townwright.kernel.formula.skeleton import SKELETONS, UnableToBegin, skeleton
from townwright.rulebooks import packaged
from townwright.site.cli.rulebooks import rulebook_group

RENT = "wuchang-makerspace-rent"


def call(*words, code=0):
    done = CliRunner().invoke(rulebook_group, [str(word) for word in words])
    assert done.exit_code == code, (done.output, done.exception)
    return done


def told(*words, code=0):
    return json.loads(call(*words, "--json", code=code).stdout)


@pytest.mark.parametrize("kind", sorted(SKELETONS))
def test_what_new_writes_checks_and_passes_and_is_not_overwritten(kind, tmp_path):
    file = tmp_path / "mine.yaml"
    assert told("new", "mine", "--kind", kind, "--output", file)["rulebook"] == "mine"
    assert told("check", file)[0]["findings"] == []
    assert told("test", file)[0]["ok"]
    refused = call("new", "mine", "--output", file, "--language", "zh", code=1)
    assert "已存在，不予覆盖" in refused.output
    with pytest.raises(UnableToBegin):
        skeleton("no spaces please")


def test_check_tells_hash_places_and_both_languages(tmp_path):
    assert re.fullmatch(r"[0-9a-f]{64}", told("check", RENT)[0]["hash"])
    bad = tmp_path / "bad.yaml"
    bad.write_text(packaged()[f"policies/{RENT}.yaml"].replace("LEAST(unit_rent,", "LEAST(unit_rnet,"), encoding="utf-8")
    (one,) = told("check", bad, code=1)
    (finding,) = [found for found in one["findings"] if found["severity"] == "error"]
    assert (finding["code"], "unit_rent" in finding["repair"], "没有" in finding["message_zh"]) == ("unknown-name", True, True)
    assert "错误" in call("check", bad, "--language", "zh", code=1).output


def test_check_finds_versions_in_force_on_the_same_days(tmp_path):
    later = tmp_path / "later.yaml"
    later.write_text(packaged()[f"policies/{RENT}.yaml"].replace('version: "2020-04"', 'version: "2021"'), encoding="utf-8")
    found = told("check", RENT, later, code=1)
    assert [one["code"] for one in found[-1]["findings"]] == ["overlap"]


def test_explain_takes_a_case_by_number_by_name_and_a_data_file(tmp_path):
    by_number = told("explain", RENT, "4")
    assert (by_number["verdict"], by_number["why_not"]["shortfalls"][0]["gap"]) == ("not_eligible", "1")
    assert told("explain", RENT, "fourth year")["verdict"] == "not_eligible"
    data = tmp_path / "rows.json"
    rows = {
        "firm": [{"key": "z", "present": True}],
        "support_application": [{"firm": "z", "period": "2021", "year": 2021, "rented_area": 800.5, "unit_rent": 60, "support_year": 1}],
    }
    data.write_text(json.dumps({"period": "2021", "data": rows}), encoding="utf-8")
    found = told("explain", RENT, data, "--key", "z")
    assert (found["verdict"], found["amount"]) == ("eligible", "576,360")
    assert told("explain", RENT, data, "--variable", "firm.area")["values"] == {"area": "800.5"}
    assert "800.5" in call("explain", RENT, data, "--language", "zh").output
    assert told("explain", "size-class", "1")["values"] == {"size_class": "medium"}
    assert "neither a case nor a data file" in call("explain", RENT, "nothing like it", code=1).output
    assert "has no row 'q'" in call("explain", RENT, data, "--key", "q", code=1).output
    data.write_text(json.dumps(rows), encoding="utf-8")
    assert "says no period" in call("explain", RENT, data, code=1).output


def test_compare_by_parameters_with_split_and_sweep(tmp_path):
    data = tmp_path / "rows.yaml"
    rows = [
        {"firm": str(n), "period": "2020", "year": 2020, "rented_area": 100 * n, "unit_rent": 60, "support_year": 1} for n in range(1, 4)
    ]
    data.write_text(
        yaml.safe_dump(
            {"period": "2020", "data": {"firm": [{"key": str(n), "present": True} for n in range(1, 4)], "support_application": rows}}
        ),
        encoding="utf-8",
    )
    found = told(
        "compare", RENT, "--data", data, "--set", "rent_cap=50", "--split", "--by", "support_year", "--sweep", "area_cap=100,200,1000"
    )
    # 600 m² × 12 × 60 = 432,000; at a cap of 50 it is 360,000.
    assert (found["totals"]["before"], found["totals"]["difference"], found["totals"]["loser"]) == ("432000.00", "-72000.00", 3)
    assert found["split"]["effects"][0]["clauses"] == ["parameter:rent_cap"]
    assert [point["total"] for point in found["sweep"]] == ["180000.00", "300000.00", "360000.00"]
    assert found["by"]["support_year"][0]["value"] == "1"
    assert "rent_cap = 50" in call("compare", RENT, "--data", data, "--set", "rent_cap=50", "--split", "--sweep", "area_cap=1").output
    for words, said in [
        ((RENT,), "second rulebook"),
        ((RENT, RENT), "--data FILE or --zone"),
        ((RENT, "--data", data, "--set", "rent_cap"), "NAME=VALUE"),
        ((RENT, "--data", data, "--set", "rnt_cap=1"), "Did you mean 'rent_cap'"),
        ((RENT, "size-class", "--data", data), "do not judge the same"),
        ((RENT, "--data", data, "--set", "rent_cap=1", "--on", "then"), "not a date"),
    ]:
        assert said in call("compare", *words, code=1).output, words


@pytest.mark.django_db
def test_compare_over_a_zone_that_is_not_there_says_so():
    assert "nowhere" in call("compare", RENT, "--zone", "nowhere", "--set", "rent_cap=1", code=1).output


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(packaged()))
def test_every_packaged_rulebook_is_a_document_in_both_languages(name, language):
    book = load_rulebook(packaged()[name], source=name)
    blocks = document(book, language)
    markdown, html = to_markdown(blocks), to_html(blocks, language=language)
    assert markdown.startswith("# ")
    for parameter in book.parameters.values():
        assert f":{parameter.name}" in markdown
        assert parameter.reference.replace("|", "\\|") in markdown
    assert html.count("<table>") == html.count("</table>") > 1
    assert "<script" not in html


def test_doc_writes_markdown_and_html(tmp_path):
    out = tmp_path / "rule.html"
    call("doc", RENT, "--format", "html", "--language", "zh", "--output", out)
    assert "武昌区众创空间租金补贴" in out.read_text(encoding="utf-8")
    assert told("doc", RENT)["text"].startswith("# Wuchang maker-space rent support")


def _plain(value):
    if isinstance(value, dict):
        # YAML 1.1 reads the key `on` as true.
        return {"on" if key is True else key.isoformat() if isinstance(key, date) else str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def test_the_schema_in_the_docs_is_the_one_generated():
    kept = json.loads((ROOT / "docs" / "reference" / "rulebook.schema.json").read_text(encoding="utf-8"))
    assert kept == rulebook_schema() == json.loads(call("schema").stdout)


def test_every_packaged_rulebook_and_skeleton_fits_the_schema():
    judge = jsonschema.Draft202012Validator(rulebook_schema())
    texts = {**packaged(), **{kind: skeleton("mine", kind) for kind in SKELETONS}}
    assert {name: [one.message for one in judge.iter_errors(_plain(yaml.safe_load(text)))] for name, text in texts.items()} == {
        name: [] for name in texts
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("kind: policy", "kind: polcy"),
        ("status: verified", "status: sure"),
        ("{unit: m2, label", "{unti: m2, label"),
        ("round: half_up 0.01", "round: sometimes"),
        ("type: money CNY", "type: cash CNY"),
        ("kind: tier", "kind: stair"),
        ("amount: rent_support", "sum: rent_support"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(before, after):
    text = packaged()[f"policies/{RENT}.yaml"]
    assert before in text
    judge = jsonschema.Draft202012Validator(rulebook_schema())
    assert list(judge.iter_errors(_plain(yaml.safe_load(text.replace(before, after, 1)))))


def test_a_pack_is_verified_and_tells_what_has_changed(tmp_path):
    for name in ("policies/lucheng-1b-revenue.yaml", f"policies/{RENT}.yaml"):
        (tmp_path / Path(name).name).write_text(packaged()[name], encoding="utf-8")
    made = told("pack", tmp_path, "--name", "two")
    assert (made["pack"], len(made["rulebooks"]), len(made["sha256"])) == ("two", 2, 64)
    assert told("pack", tmp_path, "--verify")["ok"]
    file = tmp_path / f"{RENT}.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: 0.5", "value: 0.6"), encoding="utf-8")
    found = told("pack", tmp_path, "--verify", code=1)
    assert found["differences"] == [f"{RENT}.yaml: its text has changed, and its version is the same."]
    (tmp_path / "lucheng-1b-revenue.yaml").unlink()
    assert "清单列有，文件不在" in call("pack", tmp_path, "--verify", "--language", "zh", code=1).output
    kept = json.loads((tmp_path / "pack.json").read_text(encoding="utf-8"))
    kept["rulebooks"][0]["sha256"] = "0" * 64
    (tmp_path / "pack.json").write_text(json.dumps(kept), encoding="utf-8")
    assert any("own hash" in one for one in told("pack", tmp_path, "--verify", code=1)["differences"])
    (tmp_path / "pack.json").write_text("{}", encoding="utf-8")
    assert "not of the form" in told("pack", tmp_path, "--verify", code=1)["differences"][0]


SCALE = """description: Contribution by income
unit: currency:EUR
reference: {title: Act 12, href: "https://law.example/12"}
brackets:
- rate: {2013-01-01: {value: 0.03}, 2017-01-01: {value: 0.02}}
  threshold: {2013-01-01: {value: 0.0}}
- rate: {2017-01-01: {value: 0.12}}
  threshold: {2017-01-01: {value: 12400.0}}
"""
TREE = """metadata: {order: [rent, bonus]}
rent:
  share: {description: Share of rent, metadata: {unit: /1, reference: [Act 1]}, values: {2010-01-01: 0.25, 2015-01-01: {value: null}}}
  open: {description: Is it open, values: {2010-01-01: true}}
bonus:
  description: Bonus by children
  metadata: {type: marginal_amount, threshold_unit: /1, amount_unit: currency-EUR}
  brackets:
  - {threshold: {2010-01-01: 0}, amount: {2010-01-01: 50}}
  - {threshold: {2010-01-01: 2}, amount: {2010-01-01: 70}}
lump:
  metadata: {type: single_amount, threshold_unit: currency-EUR, amount_unit: gold}
  brackets: [{threshold: {2010-01-01: 10}, amount: {2010-01-01: 5}}]
"""
FRAME = """rulebook: t
version: "1"
kind: indicators
status: draft
title: t
in_force: {from: 2018-01-01, to: null}
entities:
  firm: {key: key, columns: {income: money EUR, children: int}}
"""


def test_an_openfisca_scale_becomes_a_bracket(tmp_path):
    file = tmp_path / "contribution.yaml"
    file.write_text(SCALE, encoding="utf-8")
    taken = told("import-openfisca", file)
    assert (taken["parameters"], taken["tables"], taken["notes"]) == (0, 1, [])
    text = (
        FRAME + taken["text"] + "variables:\n  firm.x: {type: money EUR, round: half_up 0.01, formula: 'BRACKET(income, :contribution)'}\n"
    )
    text += 'cases: [{name: c, period: "2018", data: {firm: [{key: a, income: 22400}]}, expect: {firm: {a: {x: 1448}}}}]\n'
    book = load_rulebook(text, source="t")  # 2 % of 12,400 and 12 % of 10,000
    assert check_rulebook(book) == []
    assert [one.differences for one in run_cases(book)] == [()]
    assert book.tables["contribution"].reference == "Act 12 https://law.example/12"
    assert [day.year for day, _ in book.tables["contribution"].values] == [2013, 2017]


def test_an_openfisca_tree_with_amounts_that_add_up():
    taken = import_openfisca(TREE, source="t.yaml", name="t")
    assert (taken.parameters, taken.tables) == (1, 2)
    assert [note.en for note in taken.notes] == [
        "rent_open: its values are no numbers; it was left out.", "lump: the unit 'gold' is not known here; it is written as ratio.",
    ]  # fmt: skip
    book = load_rulebook(FRAME.replace("2018", "2012") + taken.text, source="t")
    assert book.parameters["rent_share"].values[1][1] is None
    steps = [(step.start, step.value, step.over) for step in book.tables["bonus"].values[0][1]]
    assert steps == [(0, 50, True), (2, 120, True)]
    assert book.tables["lump"].values[0][1][0].over is False
    with pytest.raises(UnableToImport):
        import_openfisca("a: {b: 1}", source="t", name="t")
