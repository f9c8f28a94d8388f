"""Addresses for early access: beside the admin, under one folder, and nothing else in it."""

from django.urls import path, re_path

from approvals.embargo import reader
from approvals.outside import sealed

app_name = "early"
urlpatterns = [
    path("", reader.by_bearer(reader.form), name="form_by_bearer"),
    path("files/<str:sha256>/", reader.by_bearer(reader.file), name="file_by_bearer"),
    path("<str:token>/", reader.text, name="text"),
    path("<str:token>/form.json", reader.form, name="form"),
    path("<str:token>/files/<str:sha256>/", reader.file, name="file"),
    re_path("", sealed.nothing_here),
]
