"""``townwright mcp``: questions for language models."""

from __future__ import annotations

import os

import click
from django.utils.translation import gettext as _

from townwright.frame.clock import now
from townwright.frame.tokens import token_of
from townwright.site.cli.acting import person
from townwright.site.cli.frame import command, verb


@command()
@verb()
def mcp(language: str) -> None:
    """Serve the Model Context Protocol on standard input and output: read-only questions.

    They are asked under the rights of --as, or of the token in TOWNWRIGHT_TOKEN.
    """
    secret, user = os.environ.get("TOWNWRIGHT_TOKEN", ""), person()
    if user is not None:
        secret = ""
    elif not secret:
        raise click.ClickException(_("Say who asks: put a token into TOWNWRIGHT_TOKEN, or name a person with --as."))
    elif token_of(secret, at=now()) is None:
        raise click.ClickException(_("The token is not valid: it is mistyped, revoked or over."))
    try:
        from townwright.site.mcp import Caller, serve  # noqa: PLC0415 - an extra, and a second of imports that no other verb needs
    except ModuleNotFoundError as fault:
        raise click.ClickException(_("The server needs the extra: pip install 'townwright[mcp]'.")) from fault
    serve(Caller(secret=secret, user=user, language="zh-hans" if language == "zh" else "en"))
