"""Where this installation keeps its data: database, snapshots, uploads and the secret key."""

import os
import secrets
from pathlib import Path

import platformdirs


def data_home() -> Path:
    """Return the data directory, made if need be.

    ``TOWNWRIGHT_HOME`` names it; the default is the user's own data folder, never the checkout.
    """
    named = os.environ.get("TOWNWRIGHT_HOME")
    home = Path(named).expanduser() if named else Path(platformdirs.user_data_dir("townwright", appauthor=False))
    home.mkdir(parents=True, exist_ok=True)
    return home.resolve()


def secret_key(home: Path) -> str:
    """Return this installation's secret key, written once with owner-only rights."""
    named = os.environ.get("TOWNWRIGHT_SECRET_KEY")
    if named:
        return named
    path = home / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
