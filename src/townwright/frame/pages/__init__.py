"""Pages of the frame."""

from django.urls import path

from townwright.frame.pages import account, audit, held, own, roles, tokens, views, webhooks

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
# Pages of one firm, for its delegates.
own_urls = [
    path("my/<path:key>/notices/", own.own_notices, name="own-notices"),
    path("my/<path:key>/delegates/", own.own_delegates, name="own-delegates"),
    path("my/<path:key>/delegates/<int:pk>/", own.change_delegate, name="own-change-delegate"),
    path("my/<path:key>/delegates/invitations/<int:pk>/", own.withdraw_colleague, name="own-withdraw"),
]
# Pages of no zone.
account_urls = [
    path("account/", account.overview, name="account-overview"),
    path("invitation/<str:token>/", account.invitation, name="invitation"),
    path("calendar/", own.change_calendar, name="change-calendar"),
    path("calendar/<str:secret>.ics", own.calendar, name="calendar"),
    path("held/", held.held, name="held-form"),
    path("tokens/", tokens.own_tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_own, name="revoke-token"),
]
