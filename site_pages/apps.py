"""The site_pages app."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save


class SitePagesConfig(AppConfig):
    name = "site_pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wagtail.admin.api import views as admin_api
        from wagtail.documents import permissions as document_permissions
        from wagtail.images import permissions as image_permissions
        from wagtail.models import Page, Revision
        from wagtail.permissions import page_permission_policy
        from wagtail.signals import pre_page_move

        from site_pages import gatekeeping, kept_records, standing_documents
        from site_pages.access import library, policies
        from site_pages.models import (
            ActType,
            Department,
            DocumentPage,
            Person,
            Photo,
            Place,
            Post,
            PressFile,
            Tenure,
            Topic,
        )

        pre_delete.connect(
            standing_documents.document_deleted, sender=DocumentPage, dispatch_uid="site_pages.document_deleted"
        )
        pre_page_move.connect(standing_documents.page_moved, dispatch_uid="site_pages.page_moved")
        post_save.connect(standing_documents.revision_saved, sender=Revision, dispatch_uid="site_pages.revision_saved")
        page_permission_policy.__class__ = admin_api.PagePermissionPolicy = policies.LimitedPages
        image_permissions.permission_policy.__class__ = policies.LimitedLibrary
        document_permissions.permission_policy.__class__ = policies.LimitedLibrary
        for kind in (Photo, PressFile):
            post_save.connect(library.uploaded, sender=kind, dispatch_uid=f"site_pages.uploaded_{kind.__name__}")
            pre_save.connect(kept_records.record_saved, sender=kind, dispatch_uid=f"site_pages.saved_{kind.__name__}")
        for kind in (Page, Photo, PressFile, Department, Topic, Place, Post, Person, ActType):
            pre_delete.connect(
                kept_records.record_deleted, sender=kind, dispatch_uid=f"site_pages.deleted_{kind.__name__}"
            )
        post_delete.connect(gatekeeping.row_gone, sender=Tenure, dispatch_uid="site_pages.tenure_gone")
