"""Addresses of the whole site."""

from allauth.account import views as accounts
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from townwright.apps.filings import pages as filings
from townwright.apps.incentives import pages as incentives
from townwright.apps.indicators import pages as indicators
from townwright.apps.parties import pages as parties
from townwright.apps.snapshots import pages as snapshots
from townwright.apps.zones import pages as zones
from townwright.frame import pages as frame
from townwright.site.api import api
from townwright.site.board import urls as board_urls
from townwright.site.pages import about, api_docs, closing, design, home, imports, own, report, search
from townwright.site.public import urls as public_urls

# The admin has no sign-in of its own, which would know neither lock-out nor second factor.
admin.site.login = secure_admin_login(admin.site.login)

ZONE = [
    path("", report.report, name="report"),
    path("search/", search.search_page, name="search"),
    path("import/", imports.import_page, name="import"),
    path("import/<slug:dataset>.xlsx", imports.template, name="template"),
    path("import/<int:pk>/", imports.import_job, name="import-job"),
    path("import/<int:pk>/progress/", imports.import_progress, name="import-job-progress"),
    path("close/", closing.close_page, name="close"),
    path("close/<int:pk>/", closing.close_job, name="close-job"),
    path("close/<int:pk>/progress/", closing.close_progress, name="close-job-progress"),
    *parties.urls, *filings.urls, *incentives.urls, *indicators.urls, *snapshots.urls, *zones.urls, *frame.urls, *public_urls.CONSOLE, *board_urls.CONSOLE,
]  # fmt: skip

# Pages of one firm, for its delegates. A key may hold a slash, so the page without more behind the key comes last.
OWN = [
    *filings.own_urls, *incentives.own_urls, *frame.own_urls,
    path("my/<path:key>/", own.own_home, name="own-home"),
]  # fmt: skip

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", accounts.login, name="sign-in"),
    path("sign-out/", accounts.logout, name="sign-out"),
    *frame.account_urls,
    path("account/", include("allauth.urls")),
    path("about/", about.about, name="about"),
    path("design/", design.design, name="design"),
    path("design/drawer/", design.drawer_sample, name="design-drawer"),
    path("language/", include("django.conf.urls.i18n")),
    path("z/<slug:code>/", include(ZONE)),
    path("z/<slug:code>/my/", own.choose, name="own-firms"),
    path("z/<slug:code>/", include(OWN)),
    path("api/", api_docs.docs, name="api-docs"),
    path("api/v1/problems", api_docs.problems, name="api-problems"),
    path("api/v1/", api.urls),
    *public_urls.urls,
    *board_urls.urls,
    path("admin/", admin.site.urls),
]
