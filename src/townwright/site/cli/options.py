"""Options that many verbs share."""

from __future__ import annotations

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else.")
ZONE = click.option("--zone", "zone_code", required=True, help="Code of the zone.")
PERIOD = click.option("--period", default="", help="Period, as 2016, 2016Q1 or 2016-03 (default: the newest closed).")
