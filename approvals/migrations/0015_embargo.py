"""Early access to texts under embargo, and breaches of embargoes."""

import datetime as dt

import django.db.models.deletion
from django.db import migrations, models


LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def lay_the_floor(apps, schema_editor) -> None:
    floor = apps.get_model("approvals", "EarlyAccessFloor").objects.using(schema_editor.connection.alias)
    floor.get_or_create(pk=1, defaults={"given_after": LONG_AGO})


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0014_schedule'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ledgerentry',
            name='kind',
            field=models.CharField(choices=[('submitted', 'Submitted'), ('approved', 'Approved'), ('returned', 'Returned for changes'), ('recalled', 'Recalled'), ('cleared', 'Cleared'), ('stopped', 'Publication stopped'), ('published', 'Published'), ('office_given', 'Joined a group'), ('office_taken', 'Left a group'), ('account_changed', 'Account changed'), ('acting_given', 'Appointed to act for another'), ('acting_taken', 'Acting appointment revoked'), ('cleared_urgently', 'Cleared urgently by one leader'), ('confirmed', 'Urgent publication confirmed'), ('escalated', 'Confirmation overdue'), ('objected', 'Objection to an urgent publication'), ('change_proposed', 'Change of an account proposed'), ('bundle_made', 'Bundle made'), ('bundle_changed', 'Bundle changed'), ('bundle_published', 'Bundle published'), ('early_given', 'Early access given'), ('early_revoked', 'Early access revoked'), ('embargo_broken', 'Breach of an embargo noted'), ('outlet_readmitted', 'Outlet admitted to early access again')], max_length=20),
        ),
        migrations.AlterField(
            model_name='notice',
            name='closing',
            field=models.CharField(blank=True, choices=[('no_account', 'The account no longer exists.'), ('not_active', 'The account is not active.'), ('no_address', 'The account has no usable e-mail address.'), ('not_wanted', 'The person wants no notices.'), ('access_over', 'The early access was over before the mail was sent.')], max_length=20),
        ),
        migrations.CreateModel(
            name='EarlyAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('content_id', models.UUIDField()),
                ('locale', models.CharField(max_length=12)),
                ('page_id', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('entry_number', models.BigIntegerField()),
                ('given_by_entry', models.BigIntegerField(unique=True)),
                ('reader_name', models.CharField(max_length=200)),
                ('outlet', models.CharField(max_length=200)),
                ('outlet_key', models.CharField(max_length=200)),
                ('email', models.EmailField(max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('giver_id', models.BigIntegerField()),
                ('giver_name', models.CharField(max_length=255)),
                ('given_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'early access',
                'verbose_name_plural': 'early accesses',
                'default_permissions': (),
                'indexes': [models.Index(fields=['content_id', 'locale'], name='early_access_by_document')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reader_name', ''), _negated=True), models.Q(('outlet', ''), _negated=True), models.Q(('outlet_key', ''), _negated=True), models.Q(('email', ''), _negated=True)), name='early_access_is_for_somebody'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('given_at'))), name='early_access_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='EarlyAccessFloor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_after', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_early_access_floor')],
            },
        ),
        migrations.CreateModel(
            name='EarlyInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(max_length=64)),
                ('access', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invitation', to='approvals.earlyaccess')),
            ],
            options={
                'verbose_name': 'invitation to early access',
                'verbose_name_plural': 'invitations to early access',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EarlyOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=64)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('access', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='approvals.earlyaccess')),
            ],
            options={
                'verbose_name': 'opening of an early access',
                'verbose_name_plural': 'openings of early accesses',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EarlyRevocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField()),
                ('by_name', models.CharField(max_length=255)),
                ('entry_number', models.BigIntegerField()),
                ('access', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='revocation', to='approvals.earlyaccess')),
            ],
            options={
                'verbose_name': 'revocation of an early access',
                'verbose_name_plural': 'revocations of early accesses',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EmbargoBreach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_id', models.UUIDField()),
                ('locale', models.CharField(max_length=12)),
                ('page_id', models.BigIntegerField()),
                ('document_type', models.CharField(max_length=20)),
                ('entry_number', models.BigIntegerField(unique=True)),
                ('cleared_by_entry', models.BigIntegerField()),
                ('place', models.CharField(max_length=300)),
                ('seen_at', models.DateTimeField()),
                ('outlet', models.CharField(blank=True, max_length=200)),
                ('outlet_key', models.CharField(blank=True, max_length=200)),
                ('link', models.URLField(blank=True, max_length=500)),
                ('noted_at', models.DateTimeField()),
                ('noted_by_id', models.BigIntegerField()),
                ('noted_by_name', models.CharField(max_length=255)),
            ],
            options={
                'verbose_name': 'breach of an embargo',
                'verbose_name_plural': 'breaches of embargoes',
                'default_permissions': (),
                'indexes': [models.Index(fields=['content_id'], name='breach_by_document')],
                'constraints': [models.CheckConstraint(condition=models.Q(('place', ''), _negated=True), name='a_breach_was_seen_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='OutletReadmission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField()),
                ('by_name', models.CharField(max_length=255)),
                ('entry_number', models.BigIntegerField()),
                ('breach', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='readmission', to='approvals.embargobreach')),
            ],
            options={
                'verbose_name': 'readmission of an outlet',
                'verbose_name_plural': 'readmissions of outlets',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_readmission_has_a_reason')],
            },
        ),
        migrations.RunPython(lay_the_floor, migrations.RunPython.noop),
    ]
