"""Who may open a public page: everybody, where the zone is published. No session, no cookie, nothing of the visitor is kept."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt

from townwright.apps.zones.selectors import NotPublished, published
from townwright.frame.text import LANGUAGES

View = Callable[..., HttpResponse]
SECONDS_KEPT = 300
METHODS = ("GET", "HEAD", "OPTIONS")


class LanguageWord:
    """The language in an address: ``zh`` or ``en``."""

    regex = "zh|en"

    def to_python(self, value: str) -> str:
        """Return it as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it stands."""
        return value


CORS = "Access-Control-"


def public_page(view: View, *, speaks: bool = True) -> View:
    """Find the published zone (404 where there is none), speak the address's language, let the answer be kept and compared.

    Without a language in the address the visitor's own is spoken, if the page ``speaks`` at all. A form that is sent is answered, and its answer kept by nobody.
    """

    @csrf_exempt
    @functools.wraps(view)
    def run(request: HttpRequest, code: str, language: str = "", **kwargs: Any) -> HttpResponse:
        try:
            zone, face = published(code)
        except NotPublished as fault:
            raise Http404("There is no such zone.") from fault
        if any("\x00" in text for texts in (request.GET, request.POST) for _name, values in texts.lists() for text in values):
            raise BadRequest("A NUL is no text.")
        request.public, request.public_language = True, language
        chosen = LANGUAGES[language] if language else translation.get_language() or "en"
        with translation.override(chosen), timezone.override(zone.time_zone):
            request.LANGUAGE_CODE = chosen
            response = view(request, zone, face, **kwargs)
        if speaks:
            response.headers.setdefault("Content-Language", chosen)
        if speaks and not language:
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return _kept(request, response)

    run.public = True
    return run


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        patch_cache_control(response, no_store=True)
        return response
    patch_cache_control(response, public=True, max_age=SECONDS_KEPT)
    response.headers["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    answer = get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
    # "Not changed" leaves these out, and a browser would then keep the answer from the program that asked.
    for name, value in response.headers.items():
        if name.startswith(CORS):
            answer.headers[name] = value
    return answer


def public_data(view: Callable[..., Any]) -> View:
    """Answer with JSON that any site may read (CORS), under a stable address, with an ETag. The view returns plain values."""

    def told(request: HttpRequest, zone: Any, face: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in METHODS:
            response = HttpResponse(status=405, headers={"Allow": ", ".join(METHODS)})
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Access-Control-Allow-Methods": ", ".join(METHODS)})
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        else:
            text = json.dumps(view(request, zone, face, **kwargs), ensure_ascii=False, indent=1)
            response = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag"
        return response

    return public_page(functools.wraps(view)(told), speaks=False)
