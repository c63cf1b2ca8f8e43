"""A real client speaks to ``townwright mcp`` over its standard input and output."""

import json
import subprocess

import anyio
import pytest

from tests.installation.conftest import TOWNWRIGHT

mcp = pytest.importorskip("mcp")
pytestmark = pytest.mark.slow

TOOLS = {"zones", "search", "firms", "firm_file", "policies", "entitlements", "entitlement", "figures", "figure", "claims"}


def token(home, user, *scopes, zone=""):
    words = [word for scope in scopes for word in ("--scope", scope)] + (["--zone", zone] if zone else [])
    return json.loads(home("token", "create", "--user", user, "--name", "model", *words, "--json"))["secret"]


def session(home, questions, *words, secret=""):
    """Put questions (tool, arguments) to a server of its own; return its tools, and for each whether it failed and what it said."""
    server = mcp.StdioServerParameters(command=TOWNWRIGHT, args=["mcp", *words], env={**home.env, "TOWNWRIGHT_TOKEN": secret})

    async def talk():
        async with mcp.Client(server) as client:
            tools = (await client.list_tools()).tools
            answers = []
            for name, arguments in questions:
                told = await client.call_tool(name, arguments)
                answers.append((told.is_error, "".join(part.text for part in told.content)))
            return tools, answers

    return anyio.run(talk)


def test_a_policy_officer_asks_for_a_firm_its_entitlement_a_figure_and_the_claims(home):
    secret = token(home, "policy", "read")
    _tools, ((_failed, told),) = session(home, [("firms", {"zone": "yunqi", "status": "present", "at": "2016-12-31"})], secret=secret)
    firm = next(one["key"] for one in json.loads(told)["items"] if one["key"].startswith("uscc:"))
    questions = [
        ("zones", {}),
        ("firm_file", {"zone": "yunqi", "firm": firm, "at": "2016-12-31"}),
        ("entitlements", {"zone": "yunqi", "firm": firm}),
        ("entitlement", {"zone": "yunqi", "firm": firm, "policy": "sample-rent-relief", "period": "2016"}),
        ("figures", {"zone": "yunqi"}),
        ("figure", {"zone": "yunqi", "code": "firms"}),
        ("claims", {"zone": "yunqi", "verdict": "conflicts"}),
        ("search", {"zone": "yunqi", "q": "云"}),
        ("firms", {"zone": "yunqi", "status": "present", "at": "2016-12-31"}),
        ("policies", {"zone": "yunqi"}),
    ]
    tools, answers = session(home, questions, secret=secret)
    assert {one.name for one in tools} == TOOLS
    assert all(one.annotations.read_only_hint and one.description for one in tools)
    assert [told[:200] for failed, told in answers if failed] == []
    zones, file, entitled, explained, figures, figure, claims, hits, firms, _policies = (json.loads(told) for _failed, told in answers)
    assert [one["code"] for one in zones] == ["forest-city", "yunqi"]
    assert (file["key"], file["at"]) == (firm, "2016-12-31")
    assert {one["policy"] for one in entitled} >= {"sample-rent-relief"}
    assert explained["snapshot_hash"] == figures["snapshot"]["hash"]
    assert explained["verdict"] in ("eligible", "not_eligible", "undecided") and explained["sentences"]["zh"] is not None
    assert figure["formula"] and figure["working"]["value"] is not None and figure["parts"][0]["rows"] > 0
    assert all(one["verdict"] == "conflicts" and one["quote"] for one in claims["items"])
    assert hits and firms["total"] > 0


def test_what_the_caller_may_not_see_is_refused_in_words(home):
    firm = {"zone": "yunqi", "firm": "nobody"}
    cases = [
        (token(home, "registrar", "read"), ("entitlements", firm), "assessments.view"),
        (token(home, "policy", "parties.view"), ("figures", {"zone": "yunqi"}), "figures.view"),
        (token(home, "policy", "read", zone="yunqi"), ("policies", {"zone": "forest-city"}), "no zone forest-city"),
        (token(home, "policy", "read"), ("firm_file", firm), "answers to"),
        (token(home, "policy", "read"), ("policies", {"zone": "nowhere"}), "no zone nowhere"),
    ]
    for secret, question, words in cases:
        _tools, ((failed, told),) = session(home, [question], secret=secret)
        assert failed and words in told, (question, told)


def test_a_person_of_the_installation_asks_by_name(home):
    _tools, ((failed, told),) = session(home, [("figures", {"zone": "yunqi"})], "--as", "auditor")
    assert not failed
    assert json.loads(told)["figures"]


@pytest.mark.parametrize(
    ("words", "secret", "said"), [((), "", "Say who asks"), ((), "tw_nonsense", "not valid"), (("--as", "nobody"), "", "no account nobody")]
)
def test_nobody_in_particular_is_let_in(home, words, secret, said):
    env = {**home.env, "TOWNWRIGHT_TOKEN": secret, "LANG": "C.UTF-8"}
    done = subprocess.run([TOWNWRIGHT, "mcp", *words], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert (done.returncode, said in done.stderr, done.stdout) == (1, True, "")


def test_a_token_revoked_in_the_middle_of_a_session_opens_nothing_more(home):
    secret = token(home, "policy", "read")
    (number,) = [one["token"] for one in json.loads(home("token", "list", "--json")) if one["start"] == secret[:9]]
    server = mcp.StdioServerParameters(command=TOWNWRIGHT, args=["mcp"], env={**home.env, "TOWNWRIGHT_TOKEN": secret})

    async def talk():
        async with mcp.Client(server) as client:
            before = await client.call_tool("zones", {})
            await anyio.to_thread.run_sync(home, "token", "revoke", str(number))
            return before, await client.call_tool("zones", {})

    before, after = anyio.run(talk)
    assert (before.is_error, after.is_error) == (False, True)
    assert "not valid" in after.content[0].text
