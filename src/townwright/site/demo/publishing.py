"""The public sites of the demo towns, marked as samples like the towns themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from townwright.apps.zones.domain import PublicFace
from townwright.frame.actors import Actor
from townwright.site.public.publishing import publish
from townwright.site.public.showing import offered_figures, offered_policies

FIGURES = {
    "yunqi": ("firms", "cloud_firms", "cloud_output", "fiscal_revenue", "fiscal_growth", "cloud_share", "star_firms", "alliance_founders",
              "alliance_members", "staff", "rd_share", "coverage"),
    "forest-city": ("firms", "chinese_firms", "local_jobs", "planned_area", "investment", "host_tax", "local_job_share"),
}  # fmt: skip
INTROS = {
    "yunqi": {
        "zh": "云栖小镇位于杭州市西湖区，以云计算产业为特色。\n\n本站为示例：其中的企业和明细均为虚构，汇总数与公开报道一致，用来演示每个数字如何查到来源和算法。",
        "en": "Yunqi Town lies in the Xihu district of Hangzhou and lives by cloud computing.\n\nThis site is a sample: its firms and records are invented and add up to what was published, to show how every figure opens to its source and its formula.",
    },
    "forest-city": {
        "zh": "森林城市位于马来西亚柔佛州，规划面积约20平方公里，规划发展八大产业。\n\n本站为示例：其中的企业和明细均为虚构，汇总数与公开报道一致。",
        "en": "Forest City lies in Johor, Malaysia: a planned area of about 20 km² for eight industries.\n\nThis site is a sample: its firms and records are invented and add up to what was published.",
    },
}  # fmt: skip


def publish_sample(*, zone: Any, actor: Actor, at: datetime) -> None:
    """Open the public site of a demo town; repeated, it changes nothing."""
    measured = {code for code, _label in offered_figures(zone)}
    figures = tuple(code for code in FIGURES[zone.code] if code in measured)
    policies = tuple(code for code, _title in offered_policies(zone))
    publish(zone=zone, published=True, face=PublicFace(figures, policies, "", INTROS[zone.code], True), actor=actor, at=at)
