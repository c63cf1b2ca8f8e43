"""A person's own account, and the page that an invitation's link opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from townwright.frame.accounts.invitations import NewAccount, UnableToAccept, accept_anew, accept_as, account_of_email, read_token
from townwright.frame.accounts.second_factor import has_second_factor, lacks_second_factor
from townwright.frame.clock import now
from townwright.frame.models import Invitation, RoleAssignment

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show what the person's account is made of, and where to change it."""
    held = RoleAssignment.objects.across_zones("a person's own roles").filter(user=request.user).select_related("zone")
    context = {
        "held": held.order_by("zone__code", "role", "party_key"), "second_factor": has_second_factor(request.user),
        "second_factor_lacking": lacks_second_factor(request.user),
    }  # fmt: skip
    return render(request, "frame/account.html", context)


class AcceptForm(forms.Form):
    """A new account: how its owner is called, and the password."""

    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy("Letters, digits and @ . + - _. You sign in with it, or with your address of mail."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=gettext_lazy("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=gettext_lazy("Password once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """See that the password was typed twice alike."""
        told = super().clean() or {}
        if told.get("password") and told.get("again") and told["password"] != told["again"]:
            self.add_error("again", _("The two passwords differ."))
        return told


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: with the account that is signed in, or with a new one."""
    try:
        row = read_token(token, at=now())
    except UnableToAccept as fault:
        return render(request, "frame/invitation_refused.html", {"why": str(fault)}, status=410)
    known = account_of_email(row.email)
    context = {"row": row, "token": token, "known": known, "other": known is not None and known.pk != request.user.pk}
    if request.user.is_authenticated:
        return _accept_signed_in(request, token, context)
    if known is not None:
        return render(request, "frame/invitation.html", context)
    form = AcceptForm(request.POST or None, initial={"username": row.email.partition("@")[0]})
    form.fields["password"].help_text = password_validators_help_text_html()
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            row = accept_anew(token=token, account=NewAccount(told["username"], told["name"], told["password"]), at=now())
        except UnableToAccept as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        else:
            # The link proves the person as far as it can; the browser is signed in as the account it has just made.
            login(request, get_user_model().objects.get(pk=row.user_id), backend=BACKEND)
            return _welcome(request, row)
    return render(request, "frame/invitation.html", {**context, "form": form})


def _accept_signed_in(request: HttpRequest, token: str, context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":
        try:
            return _welcome(request, accept_as(token=token, user=request.user, at=now()))
        except UnableToAccept as fault:
            messages.error(request, str(fault))
    return render(request, "frame/invitation.html", context)


def _welcome(request: HttpRequest, row: Invitation) -> HttpResponse:
    messages.success(request, _("Welcome. You hold the role now."))
    return redirect("home")
