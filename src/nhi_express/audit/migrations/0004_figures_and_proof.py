
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_claimed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.PositiveBigIntegerField(db_comment='events in the tree; not personal', primary_key=True, serialize=False)),
                ('note', models.TextField(db_comment='the signed note; not personal')),
                ('at', models.DateTimeField(db_comment='not personal')),
            ],
            options={
                'db_table_comment': "signed heads of the audit log's tree",
            },
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('reader', models.CharField(db_comment='counts or tree; not personal', max_length=12, primary_key=True, serialize=False)),
                ('entry', models.BigIntegerField(db_comment='last event that it read; not personal', default=0)),
            ],
            options={
                'db_table_comment': 'how far readers of the log have come',
            },
        ),
        migrations.CreateModel(
            name='DayCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_comment='day in Taiwan; not personal')),
                ('event', models.CharField(db_comment='name from the catalogue; not personal', max_length=48)),
                ('channel', models.CharField(blank=True, db_comment='not personal', default='', max_length=12)),
                ('office', models.CharField(blank=True, db_comment='code of an office; not personal', default='', max_length=16)),
                ('code', models.CharField(blank=True, db_comment="problem's code or a time class", default='', max_length=16)),
                ('detail', models.CharField(blank=True, db_comment='platform or operator; not personal', default='', max_length=24)),
                ('times', models.PositiveBigIntegerField(db_comment='how often; not personal')),
            ],
            options={
                'db_table_comment': 'daily counts of events',
                'constraints': [models.UniqueConstraint(fields=('day', 'event', 'channel', 'office', 'code', 'detail'), name='audit_one_count_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(db_comment='height in the tree; not personal')),
                ('place', models.PositiveBigIntegerField(db_comment='place on its level; not personal')),
                ('digest', models.BinaryField(db_comment='SHA-256; not personal', max_length=32)),
                ('entry', models.BigIntegerField(db_comment='the event of a leaf; not personal', null=True)),
            ],
            options={
                'db_table_comment': 'Merkle tree over the audit log',
                'indexes': [models.Index(condition=models.Q(('entry__isnull', False)), fields=['entry'], name='audit_leaf_of_entry')],
                'constraints': [models.UniqueConstraint(fields=('level', 'place'), name='audit_node_once')],
            },
        ),
    ]
