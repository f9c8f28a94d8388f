"""Addresses of the public process: the read API and nothing else."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView

from cms import health
from frontend_api import reading

urlpatterns = [
    path("api/v1/", include("frontend_api.urls")),
    path("api/v1", RedirectView.as_view(pattern_name="frontend_api:index")),
    re_path(r"^api(?:/|$)", reading.nothing_here),
    path("-/live", health.live, name="live"),
    path("-/ready", health.ready, name="ready"),
]

handler400 = "frontend_api.reading.bad_request"
handler404 = "frontend_api.reading.not_found"
handler500 = "frontend_api.reading.server_error"
