"""Versions that were public before versions were kept: their bytes from what is public, or from the texts on record.

It lies here because it looks at both sides of the house. Safe to repeat. What neither side has stays without bytes:
`verify_publications` names it. The triggers are off while migrations run.
"""

from django.db import migrations

BATCH = 500


def fill(apps, schema_editor):
    """Give every publication that has none its version."""
    publication_model = apps.get_model("frontend_api", "Publication")
    version_model = apps.get_model("frontend_api", "PublishedVersion")
    document_model = apps.get_model("frontend_api", "PublishedDocument")
    record_model = apps.get_model("approvals", "TextOnRecord")
    number = 0
    while True:
        later = publication_model.objects.filter(number__gt=number, kind__in=("published", "corrected"))
        batch = list(later.order_by("number")[:BATCH])
        if not batch:
            return
        number = batch[-1].number
        numbers, digests = [one.number for one in batch], {one.digest for one in batch}
        kept = set(version_model.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        texts = dict(document_model.objects.filter(digest__in=digests).values_list("digest", "cleared"))
        texts |= dict(record_model.objects.filter(digest__in=digests).values_list("digest", "canonical"))
        version_model.objects.bulk_create(
            version_model(
                publication_id=one.number,
                content_id=one.content_id,
                locale=one.locale,
                digest=one.digest,
                cleared=texts[one.digest],
            )
            for one in batch
            if one.number not in kept and one.digest in texts
        )


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0003_restorations"),
        ("frontend_api", "0003_versions"),
        ("approvals", "0013_bundles"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
