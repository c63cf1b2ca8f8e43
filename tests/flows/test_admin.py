"""The admin is for looking: every model is there, superusers read, nobody changes."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import Party
from townwright.apps.parties.services import PartyDetails, register_party
from townwright.frame.admin import ReadOnlyAdmin

OURS = [model for model in apps.get_models() if model.__module__.startswith("townwright.")]


@pytest.fixture
def firm(zone):
    """A firm with something in most tables of the register."""
    told = PartyDetails(
        kind="firm", name="示例甲", code="91110000600037341L", arrived_on=date(2015, 1, 1), industry_code="6513", tags=("cloud",)
    )
    return register_party(zone=zone, details=told, actor=CLERK, at=AT).party


def _signed_in(name, **told):
    client = Client()
    client.force_login(get_user_model().objects.create_user(name, is_staff=True, **told))
    return client


def test_every_model_is_there_to_be_looked_at():
    assert len(OURS) > 20
    assert {model for model in OURS if not isinstance(admin.site._registry.get(model), ReadOnlyAdmin)} == set()
    bare = [model.__name__ for model in OURS for room in [admin.site._registry[model]] if not (room.search_fields and room.list_filter)]
    assert bare == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_superusers_read_and_nobody_else(firm, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    root, staff = _signed_in("root", is_superuser=True), _signed_in("staff")
    staff_user = get_user_model().objects.get(username="staff")
    staff_user.user_permissions.set(Permission.objects.filter(content_type__app_label=model._meta.app_label))
    assert root.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code == 200
    assert root.get(reverse(f"{name}_changelist")).status_code == 200
    assert root.get(reverse(f"{name}_add")).status_code == 403
    assert staff.get(reverse(f"{name}_changelist")).status_code == 403
    row = model._default_manager.order_by("pk").first()
    if row is not None:
        assert root.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert root.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
        assert root.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        assert staff.get(reverse(f"{name}_change", args=[row.pk])).status_code == 403
    assert Party.records.count() == 1
