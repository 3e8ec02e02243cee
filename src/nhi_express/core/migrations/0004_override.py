
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_stop_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='name of the setting; not personal', max_length=32)),
                ('value', models.PositiveIntegerField(db_comment='not personal')),
                ('effective_at', models.DateTimeField(db_comment='when it begins to hold; not personal')),
            ],
            options={
                'db_table_comment': 'settings changed while the site runs',
                'constraints': [models.UniqueConstraint(fields=('name', 'effective_at'), name='one_value_at_a_time')],
            },
        ),
    ]
