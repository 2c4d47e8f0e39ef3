"""Every reply carries the same protection, whoever made it."""

import pytest
from django.test import Client

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
PAGES = {
    "a page": ("get", "/sign-in/", 200),
    "a redirect": ("get", "/", 302),
    "nothing there": ("get", "/no-such-page", 404),
    "not a page": ("put", "/session", 405),
    "signed out": ("post", "/signed-in", 401),
    "alive": ("get", "/livez", 200),
    "ready": ("get", "/readyz", 200),
    "a static file": ("get", "/static/look.css", 200),
    "a static file that is not there": ("get", "/static/no.css", 404),
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_reply_carries_the_headers(client, db, kind):
    method, path, status = PAGES[kind]
    reply = getattr(client, method)(path)
    assert reply.status_code == status
    assert {name: reply[name] for name in EVERYWHERE} == EVERYWHERE
    assert set(reply["Content-Security-Policy"].split("; ")) == CSP
    assert "camera=()" in reply["Permissions-Policy"]
    assert "microphone=()" in reply["Permissions-Policy"]


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind != "a static file"])
def test_nothing_but_a_static_file_may_be_kept(client, db, kind):
    method, path, _ = PAGES[kind]
    reply = getattr(client, method)(path)
    assert reply["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= {name.strip() for name in reply["Vary"].split(",")}


def test_a_static_file_may_be_kept(client):
    assert client.get("/static/look.css")["Cache-Control"] == "max-age=60, public"


def test_a_request_for_another_host_is_refused_with_the_headers(client):
    reply = client.get("/sign-in/", headers={"host": "evil.example"})
    assert reply.status_code == 400
    assert reply["Cache-Control"] == "no-store"


def test_a_change_from_another_site_is_refused(as_therapist):
    reply = as_therapist.post("/sign-out/", headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403
    assert as_therapist.get("/session").status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_a_change_from_here_is_taken(as_therapist, site):
    assert as_therapist.post("/sign-out/", headers={"sec-fetch-site": site}).status_code == 302


def test_following_a_link_from_another_site_is_fine(client, db):
    assert client.get("/sign-in/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_post_without_a_token_is_refused(therapist):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/", {"login": therapist.email}).status_code == 403


def test_in_production_cookies_are_bound_to_the_host(settings):
    from tests.test_start_checks import GOOD, run

    code = (
        "import django; django.setup(); from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE, "
        "s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT, s.DEBUG)"
    )
    told = run("/tmp", "-c", code, **GOOD, DJANGO_SETTINGS_MODULE="painconsult.settings")
    assert told.stdout.split() == (
        [
            "__Host-session",
            "__Host-csrf",
            "True",
            "True",
            "True",
            "True",
            "Lax",
            "Lax",
            "31536000",
            "True",
            "True",
            "False",
        ]
    )
