"""Pages of returns."""

from django.urls import path

from townwright.apps.filings.pages import entering, inbox, missing, own, returns

urls = [
    path("filings/", inbox.inbox, name="filing-inbox"),
    path("filings/<int:pk>/", returns.one_filing, name="filing"),
    path("filings/<int:pk>/decide/", returns.decide_filing, name="decide-filing"),
    path("filings/missing/", missing.missing, name="not-filed"),
    path("filings/enter/", entering.enter, name="enter-filing"),
    path("filings/<int:pk>/correct/", entering.correct_filing, name="correct-filing"),
]
# Pages of one firm, for its delegates.
own_urls = [
    path("my/<path:key>/returns/", own.own_returns, name="own-returns"),
    path("my/<path:key>/returns/enter/", own.own_enter, name="own-enter"),
    path("my/<path:key>/returns/upload/", own.own_upload, name="own-upload"),
    path("my/<path:key>/returns/<slug:dataset>.xlsx", own.own_template, name="own-template"),
    path("my/<path:key>/returns/<int:pk>/", own.own_return, name="own-return"),
    path("my/<path:key>/returns/<int:pk>/correct/", own.own_correct, name="own-correct"),
    path("my/<path:key>/returns/<slug:dataset>/<slug:text>/", own.own_type, name="own-type"),
]
