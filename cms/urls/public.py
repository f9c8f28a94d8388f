"""Addresses of the public process: the read API and nothing else."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("frontend_api.urls"))]

handler400 = "frontend_api.reading.bad_request"
handler404 = "frontend_api.reading.not_found"
handler500 = "frontend_api.reading.server_error"
