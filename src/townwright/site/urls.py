"""Addresses of the whole site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from townwright.site.api import api
from townwright.site.pages import closing, entering, home, imports, judgement, ledger, party_file, people, register, returns

ZONE = [
    path("", judgement.report, name="report"),
    path("firms/", register.firm_list, name="firm-list"),
    path("firms/<path:key>/", party_file.firm_file, name="firm-file"),
    path("parties/new/", register.register_body, name="register-party"),
    path("parties/<path:key>/edit/", register.edit, name="edit-party"),
    path("parties/<path:key>/do/<slug:verb>/", party_file.act, name="party-act"),
    path("people/", people.people, name="people"),
    path("people/new/", register.register_person, name="register-person"),
    path("codes/<int:identifier>/accept/", party_file.accept_code, name="accept-code"),
    path("merges/", register.merges, name="merges"),
    path("filings/", returns.inbox, name="filing-inbox"),
    path("filings/<int:pk>/", returns.one_filing, name="filing"),
    path("filings/<int:pk>/decide/", returns.decide_filing, name="decide-filing"),
    path("filings/missing/", returns.missing, name="not-filed"),
    path("filings/enter/", entering.enter, name="enter-filing"),
    path("filings/<int:pk>/correct/", entering.correct_filing, name="correct-filing"),
    path("import/", imports.import_page, name="import"),
    path("import/<slug:dataset>.xlsx", imports.template, name="template"),
    path("import/<int:pk>/", imports.import_job, name="import-job"),
    path("import/<int:pk>/progress/", imports.import_progress, name="import-job-progress"),
    path("close/", closing.close_page, name="close"),
    path("close/<int:pk>/", closing.close_job, name="close-job"),
    path("close/<int:pk>/progress/", closing.close_progress, name="close-job-progress"),
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
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]
