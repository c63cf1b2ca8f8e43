"""Pages of returns."""

from django.urls import path

from townwright.apps.filings.pages import entering, returns

urls = [
    path("filings/", returns.inbox, name="filing-inbox"),
    path("filings/<int:pk>/", returns.one_filing, name="filing"),
    path("filings/<int:pk>/decide/", returns.decide_filing, name="decide-filing"),
    path("filings/missing/", returns.missing, name="not-filed"),
    path("filings/enter/", entering.enter, name="enter-filing"),
    path("filings/<int:pk>/correct/", entering.correct_filing, name="correct-filing"),
]
