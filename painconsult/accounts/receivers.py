"""Signing in and out leaves a trace. These are the only receivers of signals besides the database rules."""

from allauth.account import signals

from painconsult.audit import chain


def connect():
    signals.user_logged_in.connect(signed_in, dispatch_uid="painconsult.signed_in")
    signals.user_logged_out.connect(signed_out, dispatch_uid="painconsult.signed_out")
    signals.password_reset.connect(password_reset, dispatch_uid="painconsult.password_reset")


def signed_in(sender, request, user, **kwargs):
    chain.record("signed-in", clinic=user.clinic_id, by=user, on=user)


def signed_out(sender, request, user, **kwargs):
    request.signed_out = True  # the reply then empties the browser's cache (middleware.headers)
    if user is not None:
        chain.record("signed-out", clinic=user.clinic_id, by=user, on=user)


def password_reset(sender, request, user, **kwargs):
    chain.record("password-reset", clinic=user.clinic_id, by=user, on=user)
