
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='claimed',
            field=models.UUIDField(db_comment='keyed index of an ID number that was typed, unproven; pseudonym', null=True),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('claimed__isnull', False)), fields=['claimed', '-id'], name='audit_by_claim'),
        ),
    ]
