"""Addresses of the screens of clearance, inside the admin."""

from django.urls import include, path

from approvals import (
    acting_views,
    administration_views,
    language_views,
    schedule_views,
    urgency_views,
    version_views,
    views,
)
from approvals.bundles import urls as bundles
from approvals.embargo import screens as embargo_screens
from approvals.notices import screens
from approvals.outside import screens as outside_screens
from approvals.sheets import views as sheets
from approvals.subscribers import screens as subscriber_screens
from approvals.withdrawal import urls as withdrawal

app_name = "approvals"
urlpatterns = [
    path("", views.waiting_for_me, name="waiting_for_me"),
    path("acting/", acting_views.appointments, name="acting"),
    path("acting/<int:appointment_id>/revoke/", acting_views.revoke, name="acting_revoke"),
    path("administrators/", administration_views.proposals, name="administrators"),
    path("administrators/take/", administration_views.take, name="administrators_take"),
    path("administrators/<int:proposal_id>/confirm/", administration_views.confirm, name="administrators_confirm"),
    path("administrators/<int:proposal_id>/withdraw/", administration_views.withdraw, name="administrators_withdraw"),
    path("urgent/", urgency_views.overview, name="urgent"),
    path("urgent/<int:debt_id>/confirm/", urgency_views.confirm, name="urgent_confirm"),
    path("urgent/<int:debt_id>/object/", urgency_views.object_to, name="urgent_object"),
    path("<int:page_id>/urgent/", urgency_views.publish, name="publish_urgently"),
    path("bundles/", include(bundles)),
    path("schedule/", schedule_views.schedule, name="schedule"),
    path("embargoes/", embargo_screens.embargoes, name="embargoes"),
    path("embargoes/<int:breach_id>/readmit/", embargo_screens.readmit, name="outlet_readmit"),
    path("", include(withdrawal)),
    path("languages/", language_views.languages, name="languages"),
    path("sheets/check/", sheets.check, name="sheet_check"),
    path("subscribers/", subscriber_screens.listing, name="subscribers"),
    path("subscribers/<int:subscriber_id>/ask/", subscriber_screens.ask, name="subscriber_ask"),
    path("subscribers/<int:subscriber_id>/end/", subscriber_screens.end, name="subscriber_end"),
    path("notices/", screens.listing, name="notices"),
    path("notices/<int:notice_id>/again/", screens.again, name="notice_again"),
    path("<int:page_id>/", views.document, name="document"),
    path("<int:page_id>/sheet.html", sheets.html, name="sheet_html"),
    path("<int:page_id>/sheet.pdf", sheets.pdf, name="sheet_pdf"),
    path("<int:page_id>/approve/", views.approve, name="approve"),
    path("<int:page_id>/return/", views.return_for_changes, name="return"),
    path("<int:page_id>/remarks/<int:remark_id>/settle/", views.settle_remark, name="settle_remark"),
    path("<int:page_id>/outside/", outside_screens.outside_readers, name="outside"),
    path("<int:page_id>/outside/<int:link_id>/revoke/", outside_screens.revoke, name="outside_revoke"),
    path("<int:page_id>/early/", embargo_screens.early_access, name="early"),
    path("<int:page_id>/early/breach/", embargo_screens.breach, name="early_breach"),
    path("<int:page_id>/early/<int:access_id>/revoke/", embargo_screens.revoke, name="early_revoke"),
    path("<int:page_id>/as-it-is/", language_views.submit_as_it_is, name="submit_as_it_is"),
    path("<int:page_id>/versions/<int:entry_number>/", version_views.version, name="version"),
    path("<int:page_id>/stop/", views.stop, name="stop"),
]
