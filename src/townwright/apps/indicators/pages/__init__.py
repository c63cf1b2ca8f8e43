"""Pages of figures and claims."""

from django.urls import path

from townwright.apps.indicators.pages import figures, ledger

urls = [
    path("figures/<slug:name>/", figures.figure, name="figure"),
    path("claims/", ledger.claims, name="claims"),
    path("claims/new/", ledger.claim_form, name="claim-form"),
    path("claims/<int:pk>/withdraw/", ledger.claim_withdraw, name="claim-withdraw"),
]
