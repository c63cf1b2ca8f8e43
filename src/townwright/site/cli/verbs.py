"""The verbs of ``townwright``: one file a noun."""

from __future__ import annotations

import click

from townwright.site.cli.accounts import user_group
from townwright.site.cli.adopting import adopt, adopted, trust, withdraw
from townwright.site.cli.benching import bench_group
from townwright.site.cli.claims import claims_group
from townwright.site.cli.closing import assess_snapshot, close, reconcile, report
from townwright.site.cli.explaining import explain
from townwright.site.cli.filings import filings_group
from townwright.site.cli.frame import Group
from townwright.site.cli.importing import import_file
from townwright.site.cli.jobs import list_jobs, work
from townwright.site.cli.mcp import mcp
from townwright.site.cli.opening import init, list_zones
from townwright.site.cli.overseas import overseas
from townwright.site.cli.parties import party_group
from townwright.site.cli.publishing import publish, wall_group
from townwright.site.cli.rulebooks import rulebook_group
from townwright.site.cli.serving import demo, serve
from townwright.site.cli.tokens import token_group
from townwright.site.cli.webhooks import webhook_group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="townwright", message="townwright %(version)s", help="Show the version and exit.")
def townwright() -> None:
    """Run an innovation town, industrial park or cooperation zone."""


for one in (
    adopt,
    adopted,
    trust,
    withdraw,
):
    rulebook_group.add_command(one)

for one in (
    init,
    demo,
    serve,
    list_zones,
    import_file,
    close,
    assess_snapshot,
    explain,
    reconcile,
    report,
    rulebook_group,
    overseas,
    claims_group,
    party_group,
    user_group,
    token_group,
    webhook_group,
    filings_group,
    work,
    list_jobs,
    mcp,
    publish,
    wall_group,
    bench_group,
):
    townwright.add_command(one)
