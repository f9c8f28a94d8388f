"""Public documents are taken down as they were put up."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0015_embargo'),
    ]

    operations = [
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page_id', models.BigIntegerField()),
                ('content_id', models.UUIDField()),
                ('locale', models.CharField(max_length=12)),
                ('document_type', models.CharField(max_length=20)),
                ('withdrawal_class', models.CharField(choices=[('in_error', 'In error: it is gone, the reason stays'), ('superseded', 'Superseded: readers are led to its successor'), ('no_longer_current', 'No longer current: it stays readable under a notice')], max_length=20)),
                ('reason', models.TextField()),
                ('successor', models.UUIDField(null=True)),
                ('digest', models.CharField(max_length=64)),
                ('version', models.BigIntegerField()),
                ('entry_number', models.BigIntegerField(unique=True)),
                ('proposer_id', models.BigIntegerField()),
                ('proposer_name', models.CharField(max_length=255)),
                ('proposed_at', models.DateTimeField()),
                ('is_closing', models.BooleanField(default=False)),
                ('confirm_by', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Withdrawn'), ('refused', 'Refused'), ('recalled', 'Recalled'), ('void', 'Void: the document changed meanwhile'), ('confirmed', 'Confirmed'), ('disputed', 'Disputed: it stays closed')], max_length=10)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'withdrawal',
                'verbose_name_plural': 'withdrawals',
                'default_permissions': ('view',),
            },
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='kind',
            field=models.CharField(choices=[('submitted', 'Submitted'), ('approved', 'Approved'), ('returned', 'Returned for changes'), ('recalled', 'Recalled'), ('cleared', 'Cleared'), ('stopped', 'Publication stopped'), ('published', 'Published'), ('office_given', 'Joined a group'), ('office_taken', 'Left a group'), ('account_changed', 'Account changed'), ('acting_given', 'Appointed to act for another'), ('acting_taken', 'Acting appointment revoked'), ('cleared_urgently', 'Cleared urgently by one leader'), ('confirmed', 'Urgent publication confirmed'), ('escalated', 'Confirmation overdue'), ('objected', 'Objection to an urgent publication'), ('change_proposed', 'Change of an account proposed'), ('bundle_made', 'Bundle made'), ('bundle_changed', 'Bundle changed'), ('bundle_published', 'Bundle published'), ('early_given', 'Early access given'), ('early_revoked', 'Early access revoked'), ('embargo_broken', 'Breach of an embargo noted'), ('outlet_readmitted', 'Outlet admitted to early access again'), ('withdrawal_proposed', 'Withdrawal proposed'), ('withdrawal_approved', 'Withdrawal approved'), ('withdrawal_refused', 'Withdrawal refused'), ('withdrawal_recalled', 'Proposal of withdrawal recalled'), ('withdrawal_void', 'Proposal of withdrawal void'), ('withdrawal_cleared', 'Withdrawal cleared'), ('withdrawn', 'Withdrawn'), ('closed_at_once', 'Closed at once by one leader'), ('closing_confirmed', 'Closing confirmed')], max_length=20),
        ),
        migrations.AlterField(
            model_name='routestep',
            name='stage',
            field=models.CharField(choices=[('draft', 'Draft'), ('with_head', 'With the department head'), ('with_apparatus', 'With the Apparatus leadership'), ('changes_requested', 'Returned for changes'), ('cleared', 'Cleared'), ('waits_for_original', 'Cleared, waits for the Kyrgyz text'), ('scheduled', 'Scheduled'), ('published', 'Published'), ('published_urgently', 'Published urgently, confirmation due'), ('no_longer_current', 'Published under a notice'), ('withdrawn', 'Withdrawn')], max_length=30, verbose_name='stage'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('withdrawal_refused', 'closed_at_once')), ('remark', ''), _negated=True), name='a_refusal_and_a_closing_need_words'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('content_id', 'locale'), name='one_open_withdrawal_per_text'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_withdrawal_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('successor__isnull', False), ('withdrawal_class', 'superseded')), models.Q(models.Q(('withdrawal_class', 'superseded'), _negated=True), ('successor', None)), _connector='OR'), name='only_the_superseded_have_a_successor'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None)), models.Q(models.Q(('outcome', ''), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='a_withdrawal_is_open_or_settled'),
        ),
    ]
