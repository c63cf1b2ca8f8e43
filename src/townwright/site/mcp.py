"""An MCP server on standard input and output: questions that a language model may ask, under the caller's rights.

Each tool is one read of the API, asked in this process: the same permission, the same shape, and nothing that writes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import timezone, translation
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from townwright import __version__
from townwright.frame.api import Answer
from townwright.frame.api.doors import Door
from townwright.frame.api.faults import problem_of
from townwright.frame.clock import now
from townwright.frame.problems import Problem, problem_body
from townwright.frame.tokens import token_of
from townwright.site.api import api

INSTRUCTIONS = """Townwright holds the register, policies, figures and published claims of innovation towns and parks.
Every figure and verdict comes with its working: quote it, and the snapshot that it stands on, rather than computing anew.
Amounts are exact, as text with their currency. Texts are {zh, en}. A span's last day is the first day without (half-open).
Begin with `zones`; find firms by `search`, then use their key. What you may not see is refused, with the permission missing."""
READ_ONLY = ToolAnnotations(readOnlyHint=True, destructiveHint=False, idempotentHint=True, openWorldHint=False)
Zone = Annotated[str, Field(description="Code of the zone, as `zones` tells it.")]
Firm = Annotated[str, Field(description="Key of the firm, as in uscc:91330106MA27X00017; a code or the whole name will do.")]
Day = Annotated[date | None, Field(description="As of this day (ISO); today if none is told.")]
Period = Annotated[str, Field(description="A closed period, as in 2016, 2016Q1 or 2016-03; the newest if none is told.")]
Page = Annotated[int, Field(ge=1, description="Number of the page, from 1.")]


class Caller:
    """Whoever the model asks for: a token, looked at anew for every question, or a person of this installation."""

    def __init__(self, *, secret: str = "", user: Any = None, language: str = "en") -> None:
        self.secret, self.user, self.language = secret, user, language
        self.operations = api.operations()

    def ask(self, name: str, zone: str = "", **given: Any) -> str:
        """Ask one read of the API and return its answer as JSON.

        Raises:
            ToolError: it is refused; the message is the problem's.
        """
        close_old_connections()
        with translation.override(self.language):
            try:
                return self._asked(name, zone, given)
            except Exception as fault:
                problem = problem_of(fault)
                if problem is None:
                    raise
                told = problem_body(problem)
                raise ToolError(f"{told['title']}: {told['detail']}") from fault
            finally:
                close_old_connections()

    def _asked(self, name: str, zone: str, given: dict[str, Any]) -> str:
        view, request = self.operations[name], self._request()
        assert view.told.method == "GET", "this server only reads"
        Door(view.told.permission, zoned=view.told.zoned).enter(request, zone)
        if not view.told.zoned:
            found = view.__wrapped__(request, **given)
        else:
            with timezone.override(request.zone.time_zone):
                found = view.__wrapped__(request, zone=request.zone, **given)
        value = found.value if isinstance(found, Answer) else found
        # One text: a list would reach the model as so many parts.
        return view.adapter.dump_json(view.adapter.validate_python(value, from_attributes=True)).decode()

    def _request(self) -> HttpRequest:
        request = HttpRequest()
        request.method, request.path, request.LANGUAGE_CODE = "GET", "/", self.language
        request.token, request.user = None, self.user
        if self.secret:
            request.token = token_of(self.secret, at=now())
            if request.token is None:
                raise Problem("token-refused")
            request.user = request.token.user
        if request.user is None or not request.user.is_active:
            raise Problem("unauthenticated")
        return request

    def filled(self, name: str, parameter: str, **given: Any) -> Any:
        """Return an operation's group of query parameters, filled in."""
        group = self.operations[name].__signature__.parameters[parameter].annotation
        return group.__origin__(**{key: value for key, value in given.items() if value not in (None, "")})


def build(caller: Caller) -> MCPServer:
    """Return the server with its tools."""
    server = MCPServer("townwright", title="Townwright", version=__version__, instructions=INSTRUCTIONS)
    for add in (_register_tools, _policy_tools, _figure_tools):
        add(caller, server.tool(annotations=READ_ONLY, structured_output=False))
    return server


def _register_tools(caller: Caller, tool: Callable[[Callable[..., Any]], Any]) -> None:
    @tool
    def zones() -> str:
        """List the zones (towns, parks) that may be asked about, with currency, time zone and the roles held there."""
        return caller.ask("zones.list")

    @tool
    def search(zone: Zone, q: Annotated[str, Field(description="Part of a name, a code, or pinyin initials.")]) -> str:
        """Find firms, people, policies, returns, awards, figures and claims by words, a code or pinyin initials."""
        return caller.ask("search", zone, told=caller.filled("search", "told", q=q))

    @tool
    def firms(zone: Zone, q: str = "", tag: str = "", status: str = "", at: Day = None, page: Page = 1) -> str:
        """List firms with code, industry and stay as of a day. status: present, left or expected; tag: a town's mark, as cloud."""
        told = caller.filled("parties.list", "told", q=q, tag=tag, status=status, at=at, page=page)
        return caller.ask("parties.list", zone, told=told)

    @tool
    def firm_file(zone: Zone, firm: Firm, at: Day = None) -> str:
        """Open a firm's file as of a day: identity, codes, industries, tags, stays, alliances, relations."""
        return caller.ask("parties.get", zone, key=firm, at=at)


def _policy_tools(caller: Caller, tool: Callable[[Callable[..., Any]], Any]) -> None:
    @tool
    def policies(zone: Zone) -> str:
        """List the policies and classifications that a zone adopted, every version, with the days they are in force."""
        return caller.ask("policies.list", zone)

    @tool
    def entitlements(zone: Zone, firm: Firm) -> str:
        """List what every policy found of a firm in each closed year: verdict, amount, conditions, and the award that stands."""
        return caller.ask("entitlements.list", zone, key=firm)

    @tool
    def entitlement(zone: Zone, firm: Firm, policy: Annotated[str, Field(description="Code of the policy.")], period: Period = "") -> str:
        """Explain a firm's entitlement under one policy: conditions, reasons, what is missing, what would change the verdict,
        and the tree of working with every value, formula and parameter, as sentences too."""
        return caller.ask("entitlements.get", zone, key=firm, policy=policy, period=period)


def _figure_tools(caller: Caller, tool: Callable[[Callable[..., Any]], Any]) -> None:
    @tool
    def figures(zone: Zone, period: Period = "") -> str:
        """List the figures measured at a close: code, label, value, unit, and the snapshot they stand on."""
        return caller.ask("figures.list", zone, told=caller.filled("figures.list", "told", period=period))

    @tool
    def figure(
        zone: Zone, code: Annotated[str, Field(description="Code of the figure, as `figures` tells it.")], period: Period = ""
    ) -> str:
        """Open a figure with its provenance: formula, parameters in force, working, breakdowns, and which rows it was made of."""
        return caller.ask("figures.get", zone, figure=code, told=caller.filled("figures.get", "told", period=period))

    @tool
    def claims(zone: Zone, q: str = "", verdict: str = "", period: Period = "", page: Page = 1) -> str:
        """List published figures with quote and source beside what was measured. verdict: agrees, agrees after rounding,
        conflicts, or cannot be measured here."""
        told = caller.filled("claims.list", "told", q=q, verdict=verdict, period=period, page=page)
        return caller.ask("claims.list", zone, told=told)


def serve(caller: Caller) -> None:
    """Answer on standard input and output until the client goes."""
    build(caller).run("stdio")
