"""What holds for every request: headers, who may come in, how long a session lasts, the clinic's clock."""

import time
import zoneinfo

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequired
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from painconsult import errors

NO_DEVICES = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    )
)
SEEN_EVERY = 60  # seconds between two writes of "last seen"


def make_plain(request):
    """Our pages are UTF-8, and so is what comes back, whatever a header says; no cookie of ours holds a NUL,
    which PostgreSQL refuses to look up."""
    if request.encoding:
        request.encoding = "utf-8"
    for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
        del request.COOKIES[name]


def headers(get_response):
    """The outermost layer: no reply leaves without these, whoever made it."""

    def middleware(request):
        make_plain(request)
        response = get_response(request)
        response["Permissions-Policy"] = NO_DEVICES
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        if not request.path.startswith(settings.STATIC_URL) or response.status_code >= 400:
            response["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["HX-Request", "Cookie"])
        if getattr(request, "signed_out", False):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def refuse_cross_site(get_response):
    """A browser says where a request comes from; one from another site may not change anything."""

    def middleware(request):
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        if changes and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise PermissionDenied("This came from another site.")
        return get_response(request)

    return middleware


class LoginRequiredMiddleware(DjangoLoginRequired):
    """Every page is for staff unless it says otherwise; nothing typed is lost when a session has ended."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if getattr(view_func, "login_required", True):
            keep_session(request)
            if typed_by_another(request):
                return errors.another_user(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if asks_by_script(request):
            return HttpResponse(status=401)
        if request.method == "POST":
            return errors.signed_out(request)
        return super().handle_no_permission(request, view_func)


def asks_by_script(request):
    return (
        request.headers.get("HX-Request") == "true"
        or request.headers.get("X-Requested-With") == "fetch"
        or request.headers.get("Accept", "").startswith("application/json")
    )


def typed_by_another(request):
    """A form may name whom it was made for (`typed_by`); nobody else can send it."""
    if request.method != "POST" or not request.user.is_authenticated:
        return False
    named = request.POST.get("typed_by", "")
    return bool(named) and named != str(request.user.pk)


def keep_session(request):
    """End a session that is over; note at most once a minute that a live one is in use.

    The noting is what moves the session's end: SESSION_COOKIE_AGE counts from the last write.
    """
    session = request.session
    if not request.user.is_authenticated:
        if SESSION_KEY in session:  # made inactive, or the password was changed elsewhere
            session.flush()
        return
    now = int(time.time())
    if now - session.setdefault("since", now) > settings.SESSION_ABSOLUTE_AGE.total_seconds():
        logout(request)
    elif now - session.get("seen", 0) >= SEEN_EVERY:
        session["seen"] = now


def clinic_time_zone(get_response):
    """Times are shown by the clinic's clock. A link page activates its own clinic's."""

    def middleware(request):
        with timezone.override(None):
            return get_response(request)

    def process_view(request, view_func, view_args, view_kwargs):
        if getattr(view_func, "login_required", True) and request.user.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(request.user.clinic.time_zone))

    middleware.process_view = process_view
    return middleware


class RefuseUploads(FileUploadHandler):
    """Nothing here takes a file. Refused outright: going on would drop the fields that follow it."""

    def new_file(self, *args, **kwargs):
        raise SuspiciousOperation("Files are not taken.")

    def receive_data_chunk(self, raw_data, start):
        return None

    def file_complete(self, file_size):
        return None
