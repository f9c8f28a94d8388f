"""Subscribers, and the letters that are written to them as notices."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0018_closings_escalate'),
    ]

    operations = [
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'Asked, has not answered'), ('confirmed', 'Subscribed'), ('ended', 'Unsubscribed')], default='asked', max_length=10)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('outlet', models.CharField(blank=True, max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('locales', models.JSONField(default=list)),
                ('types', models.JSONField(default=list)),
                ('wants_minor', models.BooleanField(default=False)),
                ('seed', models.CharField(blank=True, max_length=64)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='one_notice_per_move_and_person',
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='kind',
            field=models.CharField(choices=[('submitted', 'Submitted'), ('approved', 'Approved'), ('returned', 'Returned for changes'), ('recalled', 'Recalled'), ('cleared', 'Cleared'), ('stopped', 'Publication stopped'), ('published', 'Published'), ('office_given', 'Joined a group'), ('office_taken', 'Left a group'), ('account_changed', 'Account changed'), ('acting_given', 'Appointed to act for another'), ('acting_taken', 'Acting appointment revoked'), ('cleared_urgently', 'Cleared urgently by one leader'), ('confirmed', 'Urgent publication confirmed'), ('escalated', 'Confirmation overdue'), ('objected', 'Objection to an urgent publication'), ('change_proposed', 'Change of an account proposed'), ('bundle_made', 'Bundle made'), ('bundle_changed', 'Bundle changed'), ('bundle_published', 'Bundle published'), ('early_given', 'Early access given'), ('early_revoked', 'Early access revoked'), ('embargo_broken', 'Breach of an embargo noted'), ('outlet_readmitted', 'Outlet admitted to early access again'), ('withdrawal_proposed', 'Withdrawal proposed'), ('withdrawal_approved', 'Withdrawal approved'), ('withdrawal_refused', 'Withdrawal refused'), ('withdrawal_recalled', 'Proposal of withdrawal recalled'), ('withdrawal_void', 'Proposal of withdrawal void'), ('withdrawal_cleared', 'Withdrawal cleared'), ('withdrawn', 'Withdrawn'), ('closed_at_once', 'Closed at once by one leader'), ('closing_confirmed', 'Closing confirmed'), ('closing_overdue', 'Confirmation of a closing overdue'), ('subscriber_added', 'Subscriber added'), ('subscriber_asked', 'Subscriber asked again'), ('subscriber_confirmed', 'Subscriber said yes'), ('subscriber_ended', 'Subscription ended')], max_length=20),
        ),
        migrations.AlterField(
            model_name='notice',
            name='closing',
            field=models.CharField(blank=True, choices=[('no_account', 'The account no longer exists.'), ('not_active', 'The account is not active.'), ('no_address', 'The account has no usable e-mail address.'), ('not_wanted', 'The person wants no notices.'), ('access_over', 'The early access was over before the mail was sent.'), ('not_subscribed', 'The person is not subscribed.'), ('answered', 'The question was answered, or the subscription ended, before the mail was sent.'), ('not_public', 'The document was closed before the mail was sent.')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(fields=['state'], name='subscribers_by_state'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('email',), name='one_subscriber_per_address'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state', 'ended'), ('email', ''), ('name', ''), ('outlet', ''), ('seed', '')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at', None), models.Q(('name', ''), _negated=True), models.Q(('outlet', ''), _negated=True), models.Q(('email', ''), _negated=True), models.Q(('seed', ''), _negated=True)), _connector='OR'), name='who_left_is_erased'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='a_subscriber_said_when'),
        ),
        migrations.AddField(
            model_name='notice',
            name='subscriber',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='approvals.subscriber'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('subscriber', None)), fields=('entry_number', 'recipient_id'), name='one_notice_per_move_and_person'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('entry_number', 'subscriber'), name='one_letter_per_move_and_subscriber'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('subscriber', None), models.Q(('entry_number__isnull', False), ('recipient_id', 0)), _connector='OR'), name='a_letter_is_of_an_entry'),
        ),
    ]
