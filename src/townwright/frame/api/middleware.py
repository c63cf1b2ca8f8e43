"""Whatever goes wrong below the API's address is told as a problem, also where no operation was reached."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from townwright.frame.api.problems import MEDIA_TYPE, Problem, kind_of_status, problem_response

BELOW = "/api/"
_FAILED = 400
Get = Callable[[HttpRequest], HttpResponse]


def problems(get_response: Get) -> Get:
    """Turn answers of 400 and above that are no problems yet (no such address, wrong method, a fault) into ones."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(BELOW) or response.status_code < _FAILED or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return problem_response(Problem(kind_of_status(response.status_code), headers=kept))

    return answer
