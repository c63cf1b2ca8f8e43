"""What pages of every app are made of: who may open one, what is typed into its address, files that it gives.

Long work started from a page is in ``jobs``; cards that one app lends to another's page are in ``panels``.
"""

from townwright.frame.doors.exports import TYPES, export
from townwright.frame.doors.lists import Filters, Listing, ListTable, choice, show_list
from townwright.frame.doors.marks import badge
from townwright.frame.doors.panels import Panel, lend, panels
from townwright.frame.doors.rows import DayColumn, YesNoColumn
from townwright.frame.doors.subjects import Subjects, lend_subjects, subjects
from townwright.frame.doors.typed import AsOf, as_of, whole
from townwright.frame.doors.zone_pages import actor_of, find_zone, find_zones_by, firm_page, zone_page

__all__ = [
    "TYPES",
    "AsOf",
    "DayColumn",
    "Filters",
    "ListTable",
    "Listing",
    "Panel",
    "Subjects",
    "YesNoColumn",
    "actor_of",
    "as_of",
    "badge",
    "choice",
    "export",
    "find_zone",
    "find_zones_by",
    "firm_page",
    "lend",
    "lend_subjects",
    "panels",
    "show_list",
    "subjects",
    "whole",
    "zone_page",
]
