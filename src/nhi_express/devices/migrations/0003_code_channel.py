
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0002_device_codes'),
    ]

    operations = [
        migrations.AddField(
            model_name='devicecode',
            name='channel',
            field=models.CharField(db_comment='where it was made', db_default='card', default='card', max_length=12),
        ),
    ]
