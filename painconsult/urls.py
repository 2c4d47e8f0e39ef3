"""The only module that imports every part of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("painconsult.accounts.urls")),
    path("", include("consults.urls")),
]

handler400 = "painconsult.errors.bad_request"
handler403 = "painconsult.errors.forbidden"
handler404 = "painconsult.errors.not_found"
handler429 = "painconsult.errors.too_many"
handler500 = "painconsult.errors.server_error"
