"""Signatures of packs of rulebooks: Ed25519, detached, beside the manifest."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from townwright.kernel.formula.packs import signed_bytes
from townwright.kernel.values.said import SaidError

_SUFFIX = ".sig"


class UnableToVerify(SaidError):
    """A key cannot be read, or a signature is absent or false: says which, and what to do."""


def new_key() -> tuple[str, str]:
    """Return a private key (PEM, PKCS 8) and its public key (PEM)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def public_key(text: str, source: str) -> str:
    """Return a public key of a PEM file as it is kept and shown: 32 bytes in Base64.

    Raises:
        UnableToVerify: the text is no Ed25519 public key.
    """
    try:
        key = serialization.load_pem_public_key(text.encode())
    except ValueError:
        key = None  # type: ignore[assignment]
    if not isinstance(key, Ed25519PublicKey):
        raise UnableToVerify(f"{source} 不是 Ed25519 公钥（PEM）。", f"{source} is no Ed25519 public key (PEM).")
    return base64.b64encode(key.public_bytes_raw()).decode()


def sign(told: Mapping[str, Any], private: str, source: str) -> str:
    """Return the text of the signature of a manifest.

    Raises:
        UnableToVerify: the text is no Ed25519 private key without a password.
    """
    try:
        key = serialization.load_pem_private_key(private.encode(), password=None)
    except (ValueError, TypeError):
        key = None  # type: ignore[assignment]
    if not isinstance(key, Ed25519PrivateKey):
        raise UnableToVerify(
            f"{source} 不是 Ed25519 私钥（PEM，不加密码）。", f"{source} is no Ed25519 private key (PEM, without a password)."
        )
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(signed_bytes(told))).decode()
    return json.dumps({"algorithm": "Ed25519", "key": public, "signature": signature}, indent=1) + "\n"


def signature_of(manifest: Path) -> Path:
    """Return where the signature of a manifest lies."""
    return manifest.with_name(manifest.name + _SUFFIX)


def verify_signature(told: Mapping[str, Any], manifest: Path, trusted: Mapping[str, str]) -> str:
    """Return the name of the trusted key (name → Base64) that signed the manifest.

    Raises:
        UnableToVerify: there is no signature, it is by none of these keys, or it is not of this manifest.
    """
    path = signature_of(manifest)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        key, signature = str(found["key"]), base64.b64decode(found["signature"], validate=True)
    except OSError as fault:
        raise UnableToVerify(f"{path} 不存在：该规则包没有签名。", f"{path} is not there: the pack is not signed.") from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise UnableToVerify(f"{path} 不是签名。", f"{path} is no signature.") from fault
    names = [name for name, one in trusted.items() if one == key]
    if not names:
        known = ", ".join(trusted) or "-"
        raise UnableToVerify(
            f"{path} 不是由所信任的密钥签署；信任的有 {known}。", f"{path} was signed by none of the trusted keys; trusted are {known}."
        )
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, signed_bytes(told))
    except (InvalidSignature, ValueError) as fault:
        raise UnableToVerify(
            f"{path} 的签名与清单不符：清单或签名被改动过。", f"{path} does not fit the manifest: one of the two was changed."
        ) from fault
    return names[0]
