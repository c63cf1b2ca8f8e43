"""Who holds which role in the zone: giving, taking, inviting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from townwright.frame.accounts.invitations import UnableToInvite, account_of_email, invitations, invite, resend, withdraw
from townwright.frame.accounts.second_factor import FACTORS
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, subjects, zone_page
from townwright.frame.models import Invitation, RoleAssignment
from townwright.frame.pages.letters import send_issued
from townwright.frame.permissions import DELEGATE, may, rights, roles
from townwright.frame.roles import UnableToGrant, account, grant_role, holders, revoke_role
from townwright.frame.terms import term

MOST_ENDED = 20


@dataclass(slots=True)
class Holder:
    """A person and what they hold."""

    user: Any
    held: list[RoleAssignment]
    second_factor: bool


class RoleForm(forms.Form):
    """Who is to hold which role: an address of mail is invited, a user name is given the role at once."""

    who = forms.CharField(
        label=gettext_lazy("E-mail address or user name"), max_length=254,
        help_text=gettext_lazy("An address is invited by a link; a user name that exists gets the role at once."),
    )  # fmt: skip
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    firm = forms.CharField(
        label=gettext_lazy("Firm (only for a delegate)"), max_length=300, required=False, help_text=gettext_lazy("Name, code or key.")
    )
    given = forms.MultipleChoiceField(label=gettext_lazy("Rights of the delegate"), required=False, widget=forms.CheckboxSelectMultiple)
    hand_over = forms.BooleanField(label=gettext_lazy("Do not mail the link: show it to me once, I hand it over myself"), required=False)

    def __init__(self, *args: Any, offered: Iterable[str], **told: Any) -> None:
        super().__init__(*args, **told)
        language = get_language() or "en"
        self.fields["role"].choices = [(one, term("role", one, language)) for one in offered]
        self.fields["given"].choices = [(one, term("right", one, language)) for one in rights()[1:]]


def permission_for(role: str) -> str:
    """Return what giving or taking a role asks for."""
    return "delegates.manage" if role == DELEGATE else "roles.manage"


@zone_page("roles.view")
def role_page(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show who holds which role and who is invited; give a role, or invite to one."""
    offered = [one for one in roles() if may(request.user, permission_for(one), zone)]
    if request.method == "POST" and not offered:
        raise PermissionDenied("roles.manage")
    form = RoleForm(request.POST if request.method == "POST" else None, offered=offered)
    if form.is_bound and form.is_valid():
        try:
            _give(request, zone, form.cleaned_data)
        except (UnableToGrant, UnableToInvite, LookupError) as fault:
            form.add_error(None, str(fault))
        else:
            return redirect("roles", zone.code)
    people, asked = _people(zone), list(invitations(zone).filter(status="open"))
    ended = list(invitations(zone).exclude(status="open").order_by("-ended_at")[:MOST_ENDED])
    keys = {row.party_key for one in people for row in one.held} | {row.party_key for row in (*asked, *ended)}
    context = {
        "form": form, "people": people, "asked": asked, "ended": ended, "offered": set(offered), "now": now(),
        "firms": subjects().names(zone, keys - {""}, False), "link": request.session.pop("invitation_link", None),
    }  # fmt: skip
    return render(request, "frame/roles.html", context)


def _people(zone: Any) -> list[Holder]:
    rows = list(holders(zone))
    sure = set(Authenticator.objects.filter(user__in={row.user_id for row in rows}, type__in=FACTORS).values_list("user_id", flat=True))
    return [Holder(user, list(held), user.pk in sure) for user, held in groupby(rows, key=lambda row: row.user)]


def _give(request: HttpRequest, zone: Any, told: dict[str, Any]) -> None:
    """Give the role to an account, or invite the address.

    Raises:
        UnableToGrant: as for ``grant_role``.
        UnableToInvite: as for ``invite``.
        LookupError: no firm answers to what was typed.
    """
    who, role = told["who"].strip(), told["role"]
    key = subjects().find(zone, told["firm"].strip()) if told["firm"].strip() else ""
    more = {"role": role, "party_key": key, "given": told["given"] if role == DELEGATE else (), "actor": actor_of(request), "at": now()}
    if "@" not in who:
        account(who)
        grant_role(zone=zone, username=who, **more)
        messages.success(request, _("%(name)s holds the role now.") % {"name": who})
        return
    known = account_of_email(who)
    if known is not None and known.get_username() == who:
        grant_role(zone=zone, username=who, **more)
        messages.success(request, _("%(name)s holds the role now.") % {"name": who})
        return
    send_issued(request, zone, invite(zone=zone, email=who, mailed=not told["hand_over"], **more))


@zone_page("roles.view")
@require_POST
def take_role(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Take a role from a person."""
    row = holders(zone).get(pk=pk)
    if not may(request.user, permission_for(row.role), zone):
        raise PermissionDenied(permission_for(row.role))
    name = row.user.get_username()
    try:
        revoke_role(zone=zone, username=name, role=row.role, party_key=row.party_key, actor=actor_of(request), at=now())
        messages.success(request, _("%(name)s no longer holds the role.") % {"name": name})
    except UnableToGrant as fault:
        messages.error(request, str(fault))
    return redirect("roles", zone.code)


@zone_page("roles.view")
@require_POST
def change_invitation(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Send an invitation again, show a new link to hand over, or withdraw it."""
    row = Invitation.objects.in_zone(zone).get(pk=pk)
    if not may(request.user, permission_for(row.role), zone):
        raise PermissionDenied(permission_for(row.role))
    told = {"zone": zone, "invitation_id": row.pk, "actor": actor_of(request), "at": now()}
    do = request.POST.get("do")
    try:
        if do == "withdraw":
            withdraw(**told)
            messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email})
        elif do in ("resend", "link"):
            send_issued(request, zone, resend(mailed=do == "resend", **told))
        else:
            raise Http404("There is no such thing to do.")
    except UnableToInvite as fault:
        messages.error(request, str(fault))
    return redirect("roles", zone.code)
