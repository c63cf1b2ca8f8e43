"""Addresses of the whole site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from townwright.site.pages import home, judgement, ledger, register, returns

ZONE = [
    path("", judgement.report, name="report"),
    path("firms/", register.firm_list, name="firm-list"),
    path("firms/<path:key>/", register.firm_file, name="firm-file"),
    path("codes/<int:identifier>/accept/", register.accept_code, name="accept-code"),
    path("merges/", register.merges, name="merges"),
    path("filings/", returns.inbox, name="filing-inbox"),
    path("filings/<int:pk>/", returns.one_filing, name="filing"),
    path("filings/<int:pk>/decide/", returns.decide_filing, name="decide-filing"),
    path("import/", returns.import_page, name="import"),
    path("import/<slug:dataset>.xlsx", returns.template, name="template"),
    path("policies/", judgement.policies, name="policy-list"),
    path("policies/<slug:name>/", judgement.policy, name="policy"),
    path("working/<int:pk>/", judgement.working, name="working"),
    path("awards/", judgement.awards, name="awards"),
    path("figures/<slug:name>/", judgement.figure, name="figure"),
    path("claims/", judgement.claims, name="claims"),
    path("claims/new/", ledger.claim_form, name="claim-form"),
    path("snapshots/", judgement.snapshot_list, name="snapshots"),
    path("overseas/", home.overseas, name="overseas"),
    path("audit/", judgement.audit, name="audit"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", LoginView.as_view(template_name="townwright/sign_in.html", redirect_authenticated_user=True), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", include("django.conf.urls.i18n")),
    path("z/<slug:code>/", include(ZONE)),
    path("admin/", admin.site.urls),
]
