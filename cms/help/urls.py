"""Addresses of the help, inside the admin."""

from django.urls import path

from cms.help import views

app_name = "help"
urlpatterns = [
    path("", views.own, name="own"),
    path("pictures/<slug:name>.png", views.image, name="picture"),
    path("<slug:role>/", views.role, name="role"),
]
