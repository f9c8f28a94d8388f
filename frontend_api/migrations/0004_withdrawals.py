"""What readers are told where a document was taken down, and file addresses that belong to nothing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('frontend_api', '0003_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Canary',
            fields=[
                ('file_id', models.UUIDField(primary_key=True, serialize=False)),
                ('filename', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('note', models.CharField(max_length=200)),
                ('planted_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.AddField(
            model_name='publisheddocument',
            name='notice',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='publisheddocument',
            name='notice_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='publication',
            name='kind',
            field=models.CharField(choices=[('published', 'Published'), ('corrected', 'Corrected'), ('confirmed', 'Confirmed'), ('withdrawn', 'Withdrawn')], max_length=20),
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='tombstone', serialize=False, to='frontend_api.publication')),
                ('content_id', models.UUIDField()),
                ('locale', models.CharField(max_length=12)),
                ('type', models.CharField(max_length=20)),
                ('slug', models.CharField(max_length=255)),
                ('withdrawal_class', models.CharField(choices=[('in_error', 'In error: it is gone, the reason stays'), ('superseded', 'Superseded: readers are led to its successor'), ('no_longer_current', 'No longer current: it stays readable under a notice')], max_length=20)),
                ('reason', models.TextField()),
                ('successor', models.UUIDField(null=True)),
                ('first_published_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('act_type', models.CharField(blank=True, max_length=80)),
                ('act_number', models.PositiveIntegerField(null=True)),
                ('act_number_suffix', models.CharField(blank=True, max_length=10)),
                ('act_year', models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['content_id', 'locale'], name='tombstones_of_document'), models.Index(fields=['type', 'slug'], name='tombstones_by_address'), models.Index(fields=['act_type', 'act_year', 'act_number'], name='tombstones_by_act_number')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_tombstone_says_why')],
            },
        ),
    ]
