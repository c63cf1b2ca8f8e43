"""Pages of the frame."""

from django.urls import path

from townwright.frame.pages import audit, tokens, views, webhooks

urls = [
    path("audit/", audit.audit, name="audit"),
    path("views/<str:listing>/keep/", views.keep, name="keep-view"),
    path("views/<int:pk>/forget/", views.forget, name="forget-view"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.one_webhook, name="webhook"),
]
# Of a person, in whatever zone.
own_urls = [
    path("tokens/", tokens.own_tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_own, name="revoke-token"),
]
