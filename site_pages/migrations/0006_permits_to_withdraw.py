"""A permit says whether it lets a text become public or cease to be."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('site_pages', '0005_urgency'),
    ]

    operations = [
        migrations.AddField(
            model_name='publicationpermit',
            name='purpose',
            field=models.CharField(choices=[('publish', 'Publish'), ('withdraw', 'Withdraw')], default='publish', max_length=10),
        ),
    ]
