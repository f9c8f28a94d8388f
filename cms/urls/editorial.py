"""Addresses of the editorial process: the admin, its private files, single texts for people outside, its health."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from cms import health, metrics, private_media
from cms.sign_in import urls as sign_in
from site_pages import visibility

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("admin/choose-page/<int:parent_page_id>/", visibility.browse),
    path("admin/choose-page/chosen-multiple/", visibility.chosen),
    # It names the page that was edited last, to everybody.
    re_path(r"^admin/reports/page-types-usage/", visibility.nothing_here),
    path("admin/", include(sign_in.doors)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<str:document_filename>", private_media.serve_document, name="wagtaildocs_serve"),
    path("media/<path:name>", private_media.serve, name="private_media"),
    path("outside/", include("approvals.outside.urls")),
    path("early/", include("approvals.embargo.urls")),
    path("letters/", include("approvals.subscribers.urls")),
    path("-/live", health.live, name="live"),
    path("-/ready", health.ready, name="ready"),
    path("-/metrics", metrics.metrics, name="metrics"),
]
