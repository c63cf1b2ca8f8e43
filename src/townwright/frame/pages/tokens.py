"""One's own keys for programs."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from townwright.frame.clock import now
from townwright.frame.doors import actor_of
from townwright.frame.models import RoleAssignment
from townwright.frame.permissions import table
from townwright.frame.tokens import READ, WRITE, UnableToManageToken, UnknownToken, create_token, revoke_token, tokens


class TokenForm(forms.Form):
    """What a new key is for, what it may, where, and until when."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80, help_text=gettext_lazy("As in: nightly report"))
    group = forms.ChoiceField(
        label=gettext_lazy("What it may"), required=False, widget=forms.RadioSelect,
        choices=[
            (READ, gettext_lazy("Read what I may see, people excepted")), (WRITE, gettext_lazy("Read and write what I may, people excepted")),
            ("", gettext_lazy("Only what is ticked below")),
        ],
        initial=READ,
    )  # fmt: skip
    more = forms.MultipleChoiceField(label=gettext_lazy("And also"), required=False, widget=forms.CheckboxSelectMultiple)
    zone = forms.ModelChoiceField(
        label=gettext_lazy("Zone"), queryset=None, required=False, empty_label=gettext_lazy("Every zone in which I hold a role")
    )
    expires_on = forms.DateField(
        label=gettext_lazy("First day on which it no longer holds"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        held = RoleAssignment.objects.across_zones("the zones of one's own roles").filter(user=user)
        zones = RoleAssignment._meta.get_field("zone").related_model.objects
        self.fields["zone"].queryset = zones.filter(pk__in=held.values("zone_id")).order_by("code")
        self.fields["more"].choices = [(name, name) for name in table()]

    def verb(self) -> dict[str, Any]:
        """Return what the verb is told."""
        told = self.cleaned_data
        day, zone = told["expires_on"], told["zone"]
        named = [told["group"], *told["more"]] if told["group"] else told["more"]
        ends = datetime.combine(day, time.min, ZoneInfo(zone.time_zone if zone else "UTC")) if day else None
        return {"name": told["name"], "named": named, "zone": zone, "expires_at": ends}


@login_required
@never_cache
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List one's own keys; make one, whose secret stands on the page this once."""
    form, made = TokenForm(request.POST if request.method == "POST" else None, user=request.user), None
    if form.is_bound and form.is_valid():
        try:
            made = create_token(user=request.user, **form.verb(), actor=actor_of(request), at=now())
            form = TokenForm(user=request.user)
        except UnableToManageToken as fault:
            field = {"scopes": "more", "expires_at": "expires_on"}.get(fault.field, fault.field)
            form.add_error(field if field in form.fields else None, str(fault))
    context = {
        "form": form,
        "made": made,
        "rows": tokens(request.user),
        "at": now(),
        "api": request.build_absolute_uri(reverse("api:api-root")),
    }
    return render(request, "frame/tokens.html", context)


@login_required
@require_POST
def revoke_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own keys."""
    try:
        row = revoke_token(token_id=pk, user=request.user, actor=actor_of(request), at=now())
        messages.success(request, _("The token “%(name)s” is revoked.") % {"name": row.name})
    except UnknownToken as fault:
        messages.error(request, str(fault))
    return redirect("tokens")
