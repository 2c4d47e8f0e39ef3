"""What a person reads when something went wrong: what happened, what is safe, what to do."""

import logging
import re
import sys
import traceback
import uuid

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve

logger = logging.getLogger(__name__)
UNREACHABLE = (OperationalError, InterfaceError)


class Conflict(Exception):
    """Somebody else's save came first, or this key was used for other words."""


class Refused(Exception):
    """Something may not be done, said in words for the person who asked."""

    def __init__(self, words, status=409):
        super().__init__(words)
        self.words, self.status = words, status


def answer_in_words(get_response):
    """Turn the exceptions we expect into pages. The others go Django's way, to `server_error`."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            return _not_allowed(request, response)
        return response

    def process_exception(request, exception):
        return answer(request, exception)

    middleware.process_exception = process_exception
    return middleware


def answer(request, exception):
    """A page for an exception we expect, or None."""
    if isinstance(exception, Refused):
        return _page(
            request, "errors/refused.html", exception.status, words=exception.words, **typed(request)
        )
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "errors/413.html", 413)
    if isinstance(exception, TooManyFieldsSent):
        return _page(request, "400.html", 400)
    if isinstance(exception, UNREACHABLE):
        logger.error("the database did not answer", exc_info=exception)
        return unavailable()
    return None


def unavailable():
    """Rendered without the request: asking who is signed in would ask the database again."""
    response = HttpResponse(render_to_string("errors/503.html"), status=503)
    response["Retry-After"] = "2"
    return response


def _not_allowed(request, response):
    page = _page(request, "errors/405.html", 405)
    page["Allow"] = response["Allow"]
    return page


def server_error(request, *args, **kwargs):
    """Django calls this while it handles an exception that nobody expected."""
    exception = sys.exception()
    expected = answer(request, exception)
    if expected is not None:
        return expected
    request.incident = uuid.uuid4().hex[:10]
    response = _standing_alone(request)
    response["X-Incident"] = request.incident
    return response


def _standing_alone(request):
    try:
        return render(None, "500.html", {"incident": request.incident}, status=500)
    except Exception:  # noqa: BLE001 - whatever failed in the page, words without one do not
        text = f"Something went wrong on our side. What is saved is safe. Incident {request.incident}."
        return HttpResponse(text, status=500, content_type="text/plain")


def bad_request(request, exception):
    expected = answer(request, exception)
    return expected or _page(request, "400.html", 400)


def forbidden(request, exception):
    return _page(request, "403.html", 403)


def not_found(request, exception):
    return _page(request, "404.html", 404)


def too_many(request):
    return _page(request, "errors/429.html", 429)


def another_user(request):
    return _page(request, "errors/another_user.html", 403)


def signed_out(request):
    """A form came in after the session had ended: show what was typed and let it be sent again."""
    return _page(request, "errors/signed_out.html", 401, **typed(request))


def csrf_failure(request, reason=""):
    """An old page, most often: somebody signed in again. What was typed comes back with a token that works.

    Not for what another site sent, where a press would do that site's bidding, and not for the doors
    (sign-in, a client's link), which start afresh.
    """
    if not _from_here(request, reason):
        response = forbidden(request, None)
    elif not getattr(resolve(request.path_info).func, "login_required", True):
        response = _page(request, "errors/csrf_door.html", 403)
    else:
        page = "errors/csrf.html" if request.user.is_authenticated else "errors/signed_out.html"
        response = _page(request, page, 403, **typed(request))
    response["X-Reason"] = "csrf"
    return response


def _from_here(request, reason):
    said = request.headers.get("Sec-Fetch-Site", "same-origin")
    return said in ("same-origin", "none") and not reason.startswith(("Origin checking", "Referer checking"))


def _page(request, template, status, **context):
    return render(request, template, context, status=status)


NOT_TYPED = ("csrfmiddlewaretoken", "base", "key", "typed_by", "then")
IDS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\bnew\d+\b|\b\d+\b")


def typed(request):
    """What a POST held: the pairs to carry along, and those a person reads. Passwords are neither."""
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    shown = [(label(name), value) for name, value in carried if name not in NOT_TYPED and value.strip()]
    return {"carried": carried, "shown": shown}


def label(name):
    words = IDS.sub(" ", name).replace("-", " ").replace("_", " ").split()
    return " ".join(words).capitalize() or "Answer"


class WithoutValues(logging.Formatter):
    """One line per event; of an exception its class and where, never its message: that may hold values."""

    def format(self, record):
        line = super().format(record).replace("\n", " ").replace("\r", " ")
        incident = getattr(getattr(record, "request", None), "incident", None)
        return f"{line} incident={incident}" if incident else line

    def formatException(self, exc_info):
        return where(exc_info[1])

    def formatStack(self, stack_info):
        return ""


def where(exception):
    """ValueError at consults/views.py:40 in step < …"""
    frames = traceback.extract_tb(exception.__traceback__)
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
    before = exception.__cause__ or exception.__context__
    chain = f"; after {where(before)}" if before is not None else ""
    return f"{type(exception).__name__} at {' < '.join(places)}{chain}"


def _short(filename):
    return filename.removeprefix(f"{settings.BASE_DIR}/").rpartition("site-packages/")[2]
