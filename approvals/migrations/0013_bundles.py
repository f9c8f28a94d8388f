"""Documents that become public together, all or none."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0012_two_administrators'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='ledgerentry',
            name='kind',
            field=models.CharField(choices=[('submitted', 'Submitted'), ('approved', 'Approved'), ('returned', 'Returned for changes'), ('recalled', 'Recalled'), ('cleared', 'Cleared'), ('stopped', 'Publication stopped'), ('published', 'Published'), ('office_given', 'Joined a group'), ('office_taken', 'Left a group'), ('account_changed', 'Account changed'), ('acting_given', 'Appointed to act for another'), ('acting_taken', 'Acting appointment revoked'), ('cleared_urgently', 'Cleared urgently by one leader'), ('confirmed', 'Urgent publication confirmed'), ('escalated', 'Confirmation overdue'), ('objected', 'Objection to an urgent publication'), ('change_proposed', 'Change of an account proposed'), ('bundle_made', 'Bundle made'), ('bundle_changed', 'Bundle changed'), ('bundle_published', 'Bundle published')], max_length=20),
        ),
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='name')),
                ('when', models.CharField(choices=[('at', 'At a time'), ('cleared', 'As soon as all documents are cleared'), ('hand', 'By hand')], default='at', max_length=10, verbose_name='when')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='time of publication')),
                ('made_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('released_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('failed_page_id', models.BigIntegerField(null=True)),
                ('failure', models.TextField(blank=True)),
                ('held_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'bundle',
                'verbose_name_plural': 'bundles',
                'default_permissions': ('view',),
            },
        ),
        migrations.AddField(
            model_name='duepublication',
            name='bundle',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='due', to='approvals.bundle'),
        ),
        migrations.CreateModel(
            name='BundleMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page_id', models.BigIntegerField(db_index=True)),
                ('content_id', models.UUIDField()),
                ('locale', models.CharField(max_length=12)),
                ('is_open', models.BooleanField(default=True)),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='approvals.bundle')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('when', 'at')), models.Q(models.Q(('when', 'at'), _negated=True), ('due_at__isnull', True)), _connector='OR'), name='a_time_where_the_time_decides'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(('published_at__isnull', True), ('closed_at__isnull', True), _connector='OR'), name='published_or_given_up'),
        ),
        migrations.AddConstraint(
            model_name='bundlemember',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('content_id', 'locale'), name='in_one_open_bundle_at_most'),
        ),
        migrations.AddConstraint(
            model_name='bundlemember',
            constraint=models.UniqueConstraint(fields=('bundle', 'content_id', 'locale'), name='once_in_a_bundle'),
        ),
    ]
