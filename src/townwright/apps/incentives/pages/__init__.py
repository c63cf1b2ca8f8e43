"""Pages of policies and awards."""

from django.urls import path

from townwright.apps.incentives.pages import awards, comparing, own, policies, workbench

urls = [
    path("drafts/", workbench.draft_list, name="draft-list"),
    path("drafts/check/", workbench.draft_check, name="draft-check"),
    path("drafts/<int:pk>/", workbench.draft_page, name="draft"),
    path("drafts/<int:pk>/compare/", comparing.draft_compare, name="draft-compare"),
    path("policies/", policies.policies, name="policy-list"),
    path("policies/<slug:name>/", policies.policy, name="policy"),
    path("working/<int:pk>/", policies.working, name="working"),
    path("awards/", awards.awards, name="awards"),
]
# Pages of one firm, for its delegates.
own_urls = [
    path("my/<path:key>/entitlements/", own.own_entitlements, name="own-entitlements"),
    path("my/<path:key>/entitlements/<int:pk>/", own.own_working, name="own-working"),
]
