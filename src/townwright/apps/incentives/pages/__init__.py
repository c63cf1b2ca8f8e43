"""Pages of policies and awards."""

from django.urls import path

from townwright.apps.incentives.pages import awards, policies

urls = [
    path("policies/", policies.policies, name="policy-list"),
    path("policies/<slug:name>/", policies.policy, name="policy"),
    path("working/<int:pk>/", policies.working, name="working"),
    path("awards/", awards.awards, name="awards"),
]
