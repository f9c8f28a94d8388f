"""Addresses of the public process: the read API and nothing else."""

from django.urls import include, path

from cms import health

urlpatterns = [
    path("api/v1/", include("frontend_api.urls")),
    path("-/live", health.live, name="live"),
    path("-/ready", health.ready, name="ready"),
]

handler400 = "frontend_api.reading.bad_request"
handler404 = "frontend_api.reading.not_found"
handler500 = "frontend_api.reading.server_error"
