"""Addresses of the public site. Each page has one address without a language, and one for each language."""

from django.urls import include, path, register_converter

from townwright.site.public import calculator, data, pages, publishing
from townwright.site.public.doors import LanguageWord

register_converter(LanguageWord, "language_word")

PAGES = [
    path("", pages.home, name="public-home"),
    path("figures/<slug:name>/", pages.figure, name="public-figure"),
    path("policies/", pages.policies, name="public-policies"),
    path("policies/<slug:name>/", pages.policy, name="public-policy"),
    path("calculator/", calculator.calculator, name="public-calculator"),
    path("calculator/<slug:name>/", calculator.calculator, name="public-calculator-one"),
]
DATA = [
    path("figures.json", data.figures, name="public-figures-data"),
    path("policies.json", data.policies, name="public-policies-data"),
    path("policies/<slug:name>.json", data.policy, name="public-policy-data"),
]
# In the console, behind a sign-in.
CONSOLE = [path("public/", publishing.publishing, name="publishing")]

urls = [
    path("p/", pages.index, name="public-index"),
    path("p/<slug:code>/", include([*PAGES, *DATA])),
    path("p/<slug:code>/<language_word:language>/", include(PAGES)),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", pages.site_map, name="site-map"),
]
