"""Pages of the frame."""

from django.urls import path

from townwright.frame.pages import account, audit, held, roles, tokens, views, webhooks

urls = [
    path("audit/", audit.audit, name="audit"),
    path("views/<str:listing>/keep/", views.keep, name="keep-view"),
    path("views/<int:pk>/forget/", views.forget, name="forget-view"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.one_webhook, name="webhook"),
    path("roles/", roles.role_page, name="roles"),
    path("roles/<int:pk>/take/", roles.take_role, name="take-role"),
    path("roles/invitations/<int:pk>/", roles.change_invitation, name="change-invitation"),
]
# Pages of no zone.
account_urls = [
    path("account/", account.overview, name="account-overview"),
    path("invitation/<str:token>/", account.invitation, name="invitation"),
    path("held/", held.held, name="held-form"),
    path("tokens/", tokens.own_tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_own, name="revoke-token"),
]
