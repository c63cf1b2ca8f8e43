"""Who may do what: every page, operation of the API and verb of the command line by every role, as a baseline in git.

The matrix is computed from the doors themselves and the table of permissions, kept in ``tests/baselines/matrix.json`` as the
roles that each door lets in, and run: pages in test_pages_and_roles.py, operations in the tests of the API, rights of
delegates in test_firm_pages.py, pages of a firm in test_portal.py, verbs here.
"""

import json

import click
import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model

from tests.baselines import FOLDER, compare
from tests.flows.sheets import state
from townwright.frame.models import RoleAssignment
from townwright.frame.permissions import DELEGATE, OPEN, OPERATOR, commands, rights, roles, table
from townwright.site import mcp
from townwright.site.cli import acting
from townwright.site.cli import frame as cli
from townwright.site.cli.verbs import townwright
from townwright.site.urls import OWN, ZONE

# Words that bring a verb as far as its own refusal: nothing of these is on record.
NOTHING = ("nothing-of-that-name",)
DAY = ("--on", "2016-01-01")
ARGUMENTS = {
    "publish": ("--figures", "nothing-of-that-name"), "wall make": (" ",), "wall list": (), "wall revoke": ("1000000",), "bench web": (),
    "party add": ("--name", " "), "party arrive": (*NOTHING, *DAY), "party leave": (*NOTHING, *DAY), "party relate": (*NOTHING, "owner", "x"),
    "party show": NOTHING, "party tag": (*NOTHING, "x"), "filings missing": ("--dataset", "x", "--period", "2016"),
    "import": (__file__, "--dataset", "x"), "close": ("--period", "x"), "assess": ("--period", "1999"), "reconcile": ("--period", "1999"),
    "report": ("--period", "1999"), "explain": (*NOTHING, "x"), "overseas": (), "jobs": ("--again", "1000000"), "claims load": NOTHING, "claims list": (), "claims withdraw": (*NOTHING, "--reason", "x"),
    "claims add": (*NOTHING, "--label-zh", "x", "--label-en", "x", "--quote", "x", "--value", "1", "--unit", "x", "--as-of", "2016", "--source", "x"),
    "rulebook adopt": NOTHING, "rulebook withdraw": (*NOTHING, "1", "--reason", "x"), "rulebook adopted": (), "rulebook trust": (*NOTHING, "--remove"), "rulebook keygen": ("no/such/folder/key",),
    "rulebook compare": (*NOTHING, *NOTHING), "user grant": ("nobody", "--role", "delegate"), "user revoke": ("nobody", "--role", "judge"), "user list": (),
    "user invite": ("x", "--role", "judge"), "user invitations": (), "user resend": ("1000000",), "user withdraw": ("1000000",),
    "user delegate": ("nobody", "--firm", *NOTHING), "user login": ("nobody", "nobody"), "user unlock": ("nobody",), "init": (), "demo": (), "serve": (),
    "work": (), "zones": (), "rulebook check": NOTHING, "rulebook test": NOTHING, "rulebook explain": (*NOTHING, "x"),
    "token create": ("--user", "nobody", "--name", "x", "--scope", "read"), "token list": (), "token revoke": ("1000000",),
    "webhook add": ("ftp://nowhere", "--name", "x", "--event", "x"), "webhook list": (), "webhook remove": ("1000000",), "webhook test": ("1000000",), "mcp": (),
    "rulebook pack": (str(FOLDER), "--verify"), "rulebook new": ("x",), "rulebook doc": NOTHING, "rulebook schema": (), "rulebook import-openfisca": NOTHING,
}  # fmt: skip
REFUSED = ("may not do", "only an administrator")


def verbs(group=townwright, path=()):
    """Every verb of the command line, as in "party add"."""
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from verbs(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


VERBS = dict(verbs())


def granted(permission):
    """The roles that a door of that permission lets in."""
    return (
        {OPERATOR: [], OPEN: list(roles())}.get(permission)
        if permission in (OPERATOR, OPEN)
        else [one for one in roles() if one in table()[permission]]
    )


def matrix():
    """Each door with the roles it lets in."""
    operations = FOLDER / "api_permissions.json"
    told = json.loads(operations.read_text(encoding="utf-8")) if operations.exists() else {}
    return {
        **{f"page {one.name}": granted(one.callback.permission) for one in ZONE if one.callback.permission in table()},
        **{f"own page {one.name}": [DELEGATE] for one in OWN if one.callback.permission in rights()},
        **{f"verb {name}": granted(permission) for name, permission in commands().items() if name in VERBS},
        **{f"operation {name}": granted(one) for name, one in told.items() if one in table()},
        **{f"right {name}": ["delegate"] for name in rights()},
    }


def test_the_matrix_is_as_it_was(pytestconfig, capsys):
    told = matrix()
    compare("matrix", told, pytestconfig)
    with capsys.disabled():
        print(f"\npermission matrix: {len(told)} doors × {len(roles())} roles = {len(told) * len(roles())} cells")


def test_every_verb_says_what_it_asks_for():
    assert sorted(VERBS) == sorted(name for name in commands() if name in VERBS)
    assert {one for one in commands().values() if one not in table()} <= {OPERATOR, OPEN}


@pytest.fixture
def town(zone, monkeypatch, tmp_path):
    # A verb that writes a file writes it where it is called.
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOWNWRIGHT_USER", raising=False)
    monkeypatch.setattr(acting, "login", lambda: "ops")
    monkeypatch.setattr(cli, "migrated", lambda: True)
    monkeypatch.setattr(mcp, "serve", lambda _caller: None)
    for role in roles():
        RoleAssignment.records.create(zone=zone, user=get_user_model().objects.create_user(role), role=role)
    return zone


def said(verb, role, zone):
    """Run the verb as somebody of the role, and return what it says."""
    zoned = any(one.name == "zone_code" for one in VERBS[verb].params)
    words = [*verb.split(), *ARGUMENTS[verb], *(("--zone", zone.code) if zoned else ()), "--as", role, "--language", "en"]
    answer = CliRunner().invoke(townwright, words)
    assert answer.exit_code != 2, answer.output
    return answer.output


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_role_at_every_verb(town, verb):
    if verb not in ARGUMENTS:
        pytest.fail(f"add words for {verb!r} to ARGUMENTS in {__file__}")
    before, held = state(), set(granted(commands()[verb]))
    let_in = {role for role in roles() if not any(word in said(verb, role, town) for word in REFUSED)}
    assert let_in == held
    assert state() == before
