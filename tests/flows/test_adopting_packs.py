"""Adopting a pack: refused without the trusted signature, then allowed with it."""

import pytest
from click.testing import CliRunner

from townwright.apps.incentives import selectors as incentives
from townwright.frame.models import AuditEntry
from townwright.rulebooks import packaged
from townwright.site.cli.verbs import townwright

NAME = "size-class.yaml"


def call(*words, code=0):
    run = CliRunner().invoke(townwright, ["rulebook", *map(str, words), "--language", "en"])
    assert run.exit_code == code, run.output
    return run.output


@pytest.mark.django_db
def test_a_zone_that_trusts_a_key_adopts_only_what_it_signed(zone, tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / NAME).write_text(packaged()[f"classifications/{NAME}"], encoding="utf-8")
    call("keygen", tmp_path / "bureau")
    call("pack", folder)
    assert "bureau" in call("trust", tmp_path / "bureau.pub", "--zone", zone.code)
    before = AuditEntry.objects.in_zone(zone).count()
    call("trust", tmp_path / "bureau.pub", "--zone", zone.code)
    assert "the pack is not signed" in call("adopt", folder, "--zone", zone.code, code=1)
    call("keygen", tmp_path / "stranger")
    call("pack", folder, "--sign", tmp_path / "stranger.key")
    assert "none of the trusted keys; trusted are bureau" in call("adopt", folder, "--zone", zone.code, code=1)
    assert "another key already" in call("trust", tmp_path / "stranger.pub", "--name", "bureau", "--zone", zone.code, code=1)
    assert AuditEntry.objects.in_zone(zone).count() == before
    assert not list(incentives.rulebooks(zone))
    call("pack", folder, "--sign", tmp_path / "bureau.key")
    call("adopt", folder, "--zone", zone.code)
    assert [row.code for row in incentives.rulebooks(zone)] == ["size-class"]


@pytest.mark.django_db
def test_a_key_that_is_taken_away_is_asked_for_no_more(zone, tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / NAME).write_text(packaged()[f"classifications/{NAME}"], encoding="utf-8")
    call("keygen", tmp_path / "bureau")
    call("pack", folder)
    call("trust", tmp_path / "bureau.pub", "--zone", zone.code)
    assert "no key named nobody" in call("trust", "nobody", "--remove", "--zone", zone.code, code=1)
    call("trust", "bureau", "--remove", "--zone", zone.code)
    call("adopt", folder / "pack.json", "--zone", zone.code)
    assert [row.code for row in incentives.rulebooks(zone)] == ["size-class"]
    (folder / NAME).write_text("rulebook: x\n", encoding="utf-8")
    call("adopt", folder, "--zone", zone.code, code=1)
