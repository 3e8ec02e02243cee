
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('key', models.SlugField(db_comment='short name; not personal', max_length=24, primary_key=True, serialize=False)),
                ('severity', models.CharField(db_comment='news or outage; not personal', max_length=8)),
                ('title_zh', models.CharField(db_comment='not personal', max_length=120)),
                ('title_en', models.CharField(db_comment='not personal', max_length=160)),
                ('text_zh', models.TextField(db_comment='not personal')),
                ('text_en', models.TextField(db_comment='not personal')),
                ('begins_at', models.DateTimeField(db_comment='told from then on; not personal')),
                ('ends_at', models.DateTimeField(db_comment='told until then; not personal', null=True)),
                ('withdrawn', models.BooleanField(db_comment='taken back before its end; not personal', default=False)),
            ],
            options={
                'db_table_comment': 'news',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('begins_at')), _connector='OR'), name='news_begin_first')],
            },
        ),
        migrations.CreateModel(
            name='TermsVersion',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('effective', models.DateField(db_comment='first day in force, and its name; not personal', unique=True)),
                ('text_zh', models.TextField(db_comment='not personal')),
                ('text_en', models.TextField(db_comment='not personal')),
                ('written_on', models.DateField(db_comment='day of its words, before it is in force; not personal')),
            ],
            options={
                'db_table_comment': 'versions of the terms of use',
                'constraints': [models.CheckConstraint(condition=models.Q(('effective__gt', models.F('written_on'))), name='terms_written_before')],
            },
        ),
    ]
