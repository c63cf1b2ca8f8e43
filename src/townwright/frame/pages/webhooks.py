"""Addresses outside that are told of events, and what became of every message."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages as toast
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from townwright.frame.clock import now
from townwright.frame.doors import actor_of, whole, zone_page
from townwright.frame.terms import term
from townwright.frame.webhooks import (
    UnableToManageWebhook,
    UnknownWebhook,
    add_webhook,
    known_events,
    messages,
    remove_webhook,
    retry_message,
    switch_webhook,
    try_webhook,
    webhook,
    webhooks,
)

PER_PAGE = 50


class WebhookForm(forms.Form):
    """Where messages go, and of what."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, help_text=gettext_lazy("Begins with https:// and is open to the internet.")
    )
    events = forms.MultipleChoiceField(label=gettext_lazy("Events"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        word = get_language() or "en"
        named = [(name, f"{term('event', name, word)} ({name})") for name in known_events()]
        self.fields["events"].choices = [("*", _("All events, those to come as well")), *named]


@zone_page("webhooks.edit")
@never_cache
def webhook_list(request: HttpRequest, zone: Any) -> HttpResponse:
    """List the zone's webhooks; add one, whose secret stands on the page this once."""
    form, made = WebhookForm(request.POST if request.method == "POST" else None), None
    if form.is_bound and form.is_valid():
        try:
            made = add_webhook(zone=zone, **form.cleaned_data, actor=actor_of(request), at=now())
            form = WebhookForm()
        except UnableToManageWebhook as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
    return render(request, "frame/webhooks.html", {"form": form, "made": made, "rows": webhooks(zone)})


@zone_page("webhooks.edit")
def one_webhook(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show what became of a webhook's messages; switch it, try it, send a message again, remove it."""
    try:
        if request.method == "POST":
            return _asked(request, zone, pk)
        row = webhook(zone, pk)
    except UnknownWebhook as fault:
        raise Http404(str(fault)) from fault
    page = Paginator(messages(zone, pk), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "frame/webhook.html", {"row": row, "page": page})


def _asked(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    told = {"zone": zone, "actor": actor_of(request), "at": now()}
    row, asked = webhook(zone, pk), request.POST.get("do", "")
    if asked == "remove":
        remove_webhook(pk=pk, **told)
        toast.success(request, _("The webhook “%(name)s” is removed.") % {"name": row.name})
        return redirect("webhooks", zone.code)
    if asked in ("on", "off"):
        switch_webhook(pk=pk, active=asked == "on", **told)
    elif asked == "test":
        try_webhook(zone=zone, pk=pk, at=told["at"])
        toast.success(request, _("A test message is on its way; load the page again in a moment."))
    elif asked == "retry":
        retry_message(pk=whole(request.POST.get("message", "")) or 0, **told)
    return redirect("webhook", zone.code, pk)
