"""Pages of returns."""

from django.urls import path

from townwright.apps.filings.pages import entering, inbox, missing, returns

urls = [
    path("filings/", inbox.inbox, name="filing-inbox"),
    path("filings/<int:pk>/", returns.one_filing, name="filing"),
    path("filings/<int:pk>/decide/", returns.decide_filing, name="decide-filing"),
    path("filings/missing/", missing.missing, name="not-filed"),
    path("filings/enter/", entering.enter, name="enter-filing"),
    path("filings/<int:pk>/correct/", entering.correct_filing, name="correct-filing"),
]
