"""Pages of policies and awards."""

from django.urls import path

from townwright.apps.incentives.pages import awards, comparing, policies, workbench

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
