"""Packs: whole, or not adopted; signed by whom the zone trusts, or not adopted."""

import json
import stat

import pytest
from click.testing import CliRunner

from townwright.frame.packs import UnableToReadPack, fit_pack
from townwright.frame.signing import UnableToVerify, new_key, public_key
from townwright.kernel.formula.packs import manifest
from townwright.rulebooks import packaged
from townwright.site.cli.verbs import townwright

FILES = ("lucheng-1b-revenue.yaml", "lucheng-3-office-rent.yaml")


def call(*words, code=0):
    run = CliRunner().invoke(townwright, ["rulebook", *map(str, words)])
    assert run.exit_code == code, run.output
    return run.output


@pytest.fixture
def pack(tmp_path):
    """A folder with two rulebooks, a key pair ``us`` and another, ``them``."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text(packaged()[f"policies/{name}"], encoding="utf-8")
    for who in ("us", "them"):
        call("keygen", tmp_path / who)
    return folder


def keys(folder, *names):
    return {name: public_key((folder.parent / f"{name}.pub").read_text(encoding="utf-8"), name) for name in names}


def test_a_signed_pack_is_verified_with_its_key_and_with_no_other(pack):
    told = json.loads(call("pack", pack, "--name", "lucheng", "--version", "2", "--sign", pack.parent / "us.key", "--json"))
    assert (told["pack"], told["version"]) == ("lucheng", "2")
    assert json.loads(call("pack", pack, "--verify", pack.parent / "us.pub", "--json"))["signed_by"] == "us"
    assert "由 us 签署" in call("pack", pack, "--verify", pack.parent / "us.pub", "--language", "zh")
    assert "none of the trusted keys" in call("pack", pack, "--verify", pack.parent / "them.pub", "--language", "en", code=1)
    assert fit_pack(pack, keys(pack, "them", "us")) == fit_pack(pack / "pack.json", keys(pack, "us"))
    assert fit_pack(pack, {})[1] == ""


def test_the_private_key_is_for_its_owner_and_no_key_is_overwritten(pack):
    assert stat.S_IMODE((pack.parent / "us.key").stat().st_mode) == 0o600
    assert "not overwritten" in call("keygen", pack.parent / "us", "--language", "en", code=1)
    with pytest.raises(UnableToVerify, match="no Ed25519 public key"):
        public_key((pack.parent / "us.key").read_text(encoding="utf-8"), "us.key")
    assert "不是 Ed25519 私钥" in call("pack", pack, "--sign", pack.parent / "us.pub", "--language", "zh", code=1)
    assert not (pack / "pack.json").exists()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / FILES[0]).write_text("a: 1\n", encoding="utf-8"), "missing|not a key"),
        (lambda folder: (folder / FILES[0]).unlink(), "the file is not there"),
        (lambda folder: (folder / "more.yaml").write_text(packaged()[f"policies/{FILES[0]}"], encoding="utf-8"), "not listed"),
        (lambda folder: (folder / "pack.json").unlink(), "cannot be read"),
        (lambda folder: (folder / "pack.json").write_text('{"rulebooks": [1]}', encoding="utf-8"), "not of the form"),
        (lambda folder: _mend(folder, "pack.json", "version", "3"), "own hash"),
        (lambda folder: (folder / "pack.json.sig").unlink(), "not signed"),
        (lambda folder: (folder / "pack.json.sig").write_text("[]", encoding="utf-8"), "is no signature"),
        (lambda folder: _mend(folder, "pack.json.sig", "signature", "AAAA"), "does not fit"),
        (lambda folder: call("pack", folder, "--version", "9"), "not signed"),
        (lambda folder: _forged(folder), "does not fit"),
    ],
)
def test_whatever_is_changed_is_found(pack, damage, words):
    call("pack", pack, "--sign", pack.parent / "us.key")
    damage(pack)
    with pytest.raises((UnableToReadPack, UnableToVerify, ValueError), match=words):
        fit_pack(pack, keys(pack, "us"))


def _mend(folder, file, key, value):
    path = folder / file
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), key: value}), encoding="utf-8")


def _forged(folder):
    """Another figure, and a manifest that fits it: only the signature can tell."""
    path = folder / FILES[1]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("status: verified", "status: draft"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    (folder / "pack.json").write_text(json.dumps(manifest(texts, name="pack")), encoding="utf-8")


def test_a_key_pair_is_new_each_time():
    assert new_key()[0] != new_key()[0]
