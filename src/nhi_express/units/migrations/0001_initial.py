
import django.db.models.deletion
import nhi_express.units.rules
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('enrolment', '0002_invitation'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListedUnit',
            fields=[
                ('code', models.CharField(db_comment='unit code; of a business, not personal', max_length=9, primary_key=True, serialize=False)),
                ('tax_id', models.CharField(db_comment='統一編號; of a business, not personal', max_length=8)),
                ('certificate', models.CharField(db_comment='insurance certificate number; of a business', max_length=16)),
                ('name', models.CharField(db_comment='name of the unit; of a business, not personal', max_length=120)),
                ('kind', models.CharField(db_comment='employer, withholding or agent; not personal', max_length=12)),
                ('responsible', models.UUIDField(db_comment="keyed index of the responsible person's ID number; pseudonym")),
            ],
            options={
                'db_table_comment': "the insurer's list of units",
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('code', models.CharField(db_comment='unit code; of a business, not personal', max_length=9, primary_key=True, serialize=False)),
                ('registered_at', models.DateTimeField(db_comment='not personal')),
            ],
            options={
                'db_table_comment': 'units that use the service',
            },
        ),
        migrations.CreateModel(
            name='Officer',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('member', models.UUIDField(db_comment="keyed index of the officer's ID number; pseudonym", db_index=True)),
                ('role', models.CharField(db_comment='responsible or officer; not personal', max_length=12)),
                ('state', models.CharField(db_comment='not personal', max_length=8)),
                ('invited_at', models.DateTimeField(db_comment='not personal')),
                ('state_at', models.DateTimeField(db_comment='not personal')),
                ('invited_by', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, to='units.officer')),
                ('unit', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='units.unit')),
            ],
            options={
                'db_table_comment': 'officers of units',
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(db_comment='not personal')),
                ('revoked_at', models.DateTimeField(db_comment='not personal', null=True)),
                ('granted_by', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, related_name='granted', to='units.officer')),
                ('revoked_by', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revoked', to='units.officer')),
                ('agent', models.ForeignKey(db_comment='who may act', on_delete=django.db.models.deletion.PROTECT, related_name='clients', to='units.unit')),
                ('unit', models.ForeignKey(db_comment='who consents', on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='units.unit')),
            ],
            options={
                'db_table_comment': 'consents of units to be acted for',
            },
        ),
        migrations.CreateModel(
            name='DeskSession',
            fields=[
                ('digest', models.BinaryField(db_comment='SHA-256 of the cookie; not personal', max_length=32, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(db_comment='not personal')),
                ('seen_at', models.DateTimeField(db_comment='last use, to the minute; not personal', db_index=True)),
                ('officer', models.ForeignKey(db_comment='who signed in; not personal', on_delete=django.db.models.deletion.CASCADE, to='units.officer')),
                ('unit', models.ForeignKey(db_comment='the unit acted for now; not personal', on_delete=django.db.models.deletion.CASCADE, to='units.unit')),
            ],
            options={
                'db_table_comment': 'signed-in officers',
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('source', models.CharField(db_comment='web, api or cli; not personal', default=nhi_express.units.rules.Source['WEB'], max_length=8)),
                ('language', models.CharField(db_comment='of the officer; not personal', default='zh-hant', max_length=8)),
                ('state', models.CharField(db_comment='not personal', max_length=12)),
                ('problem', models.CharField(blank=True, db_comment='why the file was refused, by name', default='', max_length=32)),
                ('sealed_name', models.BinaryField(db_comment="SENSITIVE, sealed: the file's name", default=b'')),
                ('columns', models.JSONField(db_comment='which column holds what, by place; not personal', default=dict)),
                ('lines', models.PositiveIntegerField(db_comment='lines read so far; not personal', default=0)),
                ('checked', models.PositiveIntegerField(db_comment='lines checked so far; not personal', default=0)),
                ('ready', models.PositiveIntegerField(db_comment='lines that may be enrolled; not personal', default=0)),
                ('registered', models.PositiveIntegerField(db_comment='lines of people registered already', default=0)),
                ('refused', models.PositiveIntegerField(db_comment='lines refused; not personal', default=0)),
                ('invited', models.PositiveIntegerField(db_comment='lines whose people were invited; not personal', default=0)),
                ('changed', models.PositiveIntegerField(db_comment='lines that changed since the review; not personal', default=0)),
                ('version', models.PositiveIntegerField(db_comment='of the review that was shown; not personal', default=0)),
                ('confirmed', models.BooleanField(db_comment='whether the officer has confirmed this version', default=False)),
                ('request_key', models.CharField(db_comment="digest of the caller's idempotency key", max_length=64, null=True)),
                ('digest', models.BinaryField(db_comment='SHA-256 of the file; not personal', default=b'', max_length=32)),
                ('created_at', models.DateTimeField(db_comment='not personal')),
                ('state_at', models.DateTimeField(db_comment='not personal')),
                ('turn_at', models.DateTimeField(db_comment='when work on it was last seen alive; not personal')),
                ('file_until', models.DateTimeField(db_comment='when the file goes; null: gone', db_index=True, null=True)),
                ('officer', models.ForeignKey(db_comment="null: not a person's upload", null=True, on_delete=django.db.models.deletion.PROTECT, to='units.officer')),
                ('unit', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='units.unit')),
            ],
            options={
                'db_table_comment': 'lists uploaded by units',
            },
        ),
        migrations.CreateModel(
            name='BatchPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(db_comment='place in the file; not personal')),
                ('sealed', models.BinaryField(db_comment='SENSITIVE, sealed: bytes of the file')),
                ('batch', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.CASCADE, to='units.batch')),
            ],
            options={
                'db_table_comment': 'uploaded lists, sealed',
                'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='batch_part_once')],
            },
        ),
        migrations.CreateModel(
            name='BatchRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(db_comment='number of the line in the file; not personal')),
                ('state', models.CharField(db_comment='not personal', max_length=12)),
                ('reason', models.CharField(blank=True, db_comment='why refused: a code; not personal', default='', max_length=24)),
                ('notes', models.CharField(blank=True, db_comment='what was forgiven: codes; not personal', default='', max_length=80)),
                ('member', models.UUIDField(db_comment='keyed index of the ID number on the line; pseudonym', null=True)),
                ('mailbox', models.UUIDField(db_comment='keyed index of the e-mail address on the line; pseudonym', null=True)),
                ('sealed', models.BinaryField(db_comment='SENSITIVE, sealed: the line as it was given', default=b'')),
                ('batch', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.CASCADE, to='units.batch')),
                ('invitation', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.SET_NULL, to='enrolment.invitation')),
            ],
            options={
                'db_table_comment': 'lines of uploaded lists',
                'indexes': [models.Index(fields=['batch', 'state'], name='rows_of_batch_by_state'), models.Index(fields=['batch', 'member'], name='rows_of_batch_by_member'), models.Index(fields=['member'], name='rows_of_member')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'line'), name='batch_row_once'), models.CheckConstraint(condition=models.Q(('state__in', ['read', 'ready', 'registered', 'refused', 'invited'])), name='batch_row_state_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('unit', 'member'), name='one_living_officer'),
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['invited', 'active', 'ended'])), name='officer_state_known'),
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['responsible', 'officer'])), name='officer_role_known'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('unit', 'agent'), name='one_mandate_in_force'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'reading', 'checking', 'checked', 'enrolling', 'done', 'stopped', 'refused'])), name='batch_state_known'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('unit', 'request_key'), name='one_batch_a_request'),
        ),
    ]
