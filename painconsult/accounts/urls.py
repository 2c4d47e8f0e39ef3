"""The part of allauth that staff need, under its own names; the rest does not exist here."""

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from painconsult.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("session", views.session, name="session"),
    path("reads-along", views.reads_along, name="reads_along"),
    path("signed-in", views.signed_in, name="signed_in"),
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-out/", login_not_required(allauth.logout), name="account_logout"),
    path("password/", allauth.password_reset, name="account_reset_password"),
    path("password/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/changed/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
]
