"""Addresses under /api/v1/."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from frontend_api import reading, version_views, views
from frontend_api.contract_views import ContractView, DocsView
from frontend_api.feed_view import FeedView
from frontend_api.file_view import FileView
from frontend_api.representations import SECTIONS
from frontend_api.search_view import SearchView


def _of_type(document_type: str) -> list:
    list_view, detail_view = views.views_of(document_type)
    section = SECTIONS[document_type]
    return [
        path(section, list_view.as_view(), name=f"{section}_list"),
        path(f"{section}/<slug:slug>", detail_view.as_view(), name=f"{section}_detail"),
    ]


app_name = "frontend_api"
urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    *_of_type("release"),
    *_of_type("speech"),
    *_of_type("decree"),
    path("decrees/<slug:act_type>/<int:year>/<str:number>", views.ByActNumberView.as_view(), name="act"),
    path("documents/<uuid:content_id>", views.ByContentIdView.as_view(), name="document"),
    path("documents/<uuid:content_id>/cleared", views.ClearedBytesView.as_view(), name="cleared"),
    path("documents/<uuid:content_id>/versions", version_views.VersionsView.as_view(), name="versions"),
    path("documents/<uuid:content_id>/versions/<int:number>", version_views.VersionView.as_view(), name="version"),
    path(
        "documents/<uuid:content_id>/versions/<int:number>/cleared",
        version_views.VersionBytesView.as_view(),
        name="version_cleared",
    ),
    path(
        "documents/<uuid:content_id>/versions/<int:number>/difference",
        version_views.DifferenceView.as_view(),
        name="version_difference",
    ),
    path("files/<uuid:file_id>/<str:filename>", FileView.as_view(), name="file"),
    path("feed", FeedView.as_view(), name="feed"),
    path("search", SearchView.as_view(), name="search"),
    path("schemas/<slug:document_type>", views.SchemaView.as_view(), name="schema"),
    path("problems/<slug:code>", views.ProblemView.as_view(), name="problem"),
    path("openapi.json", ContractView.as_view(), name="openapi"),
    path("docs/", DocsView.as_view(url_name="frontend_api:openapi"), name="docs"),
    path("docs", RedirectView.as_view(pattern_name="frontend_api:docs")),
    re_path(r"", reading.nothing_here),
]
