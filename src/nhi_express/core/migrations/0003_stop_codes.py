
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_notice_bulk'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='about',
            field=models.UUIDField(db_comment='registration that it tells of; pseudonym', null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='stop',
            field=models.UUIDField(db_comment='keyed index of its stop code; not personal', null=True, unique=True),
        ),
    ]
