"""Rows written without a template are what django-tables2 and a template write."""

from datetime import UTC, date, datetime
from decimal import Decimal

import django_tables2 as tables
import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.html import format_html

from townwright.apps.parties.models import Party
from townwright.apps.parties.pages.firms import FirmTable
from townwright.apps.parties.selectors import firm_rows
from townwright.frame.doors import DayColumn, ListTable, YesNoColumn
from townwright.frame.doors.rows import body

LOOP = Template(
    "{% for row in table.paginated_rows %}<tr {{ row.attrs.as_html }}>"
    "{% for column, cell in row.items %}<td {{ column.attrs.td.as_html }}>{{ cell }}</td>\n{% endfor %}</tr>\n{% endfor %}"
)


class Sample(ListTable):
    name = tables.Column(attrs={"td": {"class": "text-nowrap"}})
    kind = tables.Column()
    capital_amount = tables.Column(attrs={"td": {"data-of": lambda record: record.key}})
    registered_on = DayColumn()
    created_at = DayColumn()
    sample = YesNoColumn()
    zone_code = tables.Column(accessor="zone__code")
    made = tables.Column(empty_values=())
    none = tables.Column(accessor="address")

    def render_made(self, record, bound_row):
        return format_html("<b>{}</b>", record.name)


def _rows(zone):
    at = datetime(2016, 12, 31, 20, 0, tzinfo=UTC)
    for number, name in enumerate(("甲<b>科技</b>", "A & B", "乙")):
        Party.records.create(
            zone=zone, key=f"k{number}", kind="firm", name=name, name_normal=name, name_sound=name, created_at=at, sample=bool(number),
            registered_on=date(2016, 1, 1 + number) if number else None, capital_amount=Decimal("1234.50") if number else None,
        )  # fmt: skip
    return Party.objects.in_zone(zone).order_by("key")


@pytest.mark.django_db
def test_each_cell_is_what_the_template_writes(zone):
    with timezone.override("Asia/Shanghai"):
        ours, theirs = body(Sample(_rows(zone))), LOOP.render(Context({"table": Sample(Party.objects.in_zone(zone).order_by("key"))}))
    assert ours == theirs
    assert "&lt;b&gt;科技" in ours and "A &amp; B" in ours
    # A moment late in the day of Greenwich is the next day in the town.
    assert "2017-01-01" in ours


@pytest.mark.django_db
def test_the_firm_list_is_written_the_same(firms):
    def table():
        told = FirmTable(firm_rows(firms, at=date(2016, 12, 31)))
        told.request = RequestFactory().get("/")
        told.request.zone = firms
        return told

    ours = body(table())
    assert ours == LOOP.render(Context({"table": table()}))
    assert ours.count("<tr ") == 2
