
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Office',
            fields=[
                ('code', models.CharField(db_comment='short name; not personal', max_length=16, primary_key=True, serialize=False)),
                ('region', models.CharField(db_comment='regional division; not personal', max_length=16)),
                ('name_zh', models.CharField(db_comment='not personal', max_length=60)),
                ('name_en', models.CharField(db_comment='not personal', max_length=120)),
                ('address_zh', models.CharField(db_comment='of an office; not personal', max_length=160)),
                ('address_en', models.CharField(db_comment='of an office; not personal', max_length=200)),
                ('phone', models.CharField(db_comment='of an office; not personal', max_length=40)),
                ('hours_zh', models.CharField(db_comment='not personal', max_length=120)),
                ('hours_en', models.CharField(db_comment='not personal', max_length=160)),
                ('map_url', models.CharField(blank=True, db_comment='not personal', default='', max_length=300)),
                ('networks', models.JSONField(db_comment='networks its desks are in (CIDR); not personal', default=list)),
                ('place', models.PositiveSmallIntegerField(db_comment='order on the page; not personal', default=0)),
                ('closed_at', models.DateTimeField(db_comment='not personal', null=True)),
            ],
            options={
                'db_table_comment': 'service counters',
            },
        ),
        migrations.CreateModel(
            name='Watched',
            fields=[
                ('member', models.UUIDField(db_comment="keyed index of the member's ID number; pseudonym", primary_key=True, serialize=False)),
                ('since', models.DateTimeField(db_comment='not personal')),
            ],
            options={
                'db_table_comment': 'records whose look-ups always raise an alert',
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('member', models.UUIDField(db_comment="keyed index of the visitor's ID number; pseudonym")),
                ('registration', models.UUIDField(db_comment='registration concerned; pseudonym', null=True)),
                ('purpose', models.CharField(db_comment='not personal', max_length=16)),
                ('state', models.CharField(db_comment='not personal', max_length=8)),
                ('seen', models.JSONField(db_comment='documents seen, by name; not personal', default=list)),
                ('attempt', models.UUIDField(db_comment='the attempt to enrol; not personal', null=True)),
                ('opened_at', models.DateTimeField(db_comment='not personal', db_index=True)),
                ('touched_at', models.DateTimeField(db_comment='last act in it; not personal')),
                ('ended_at', models.DateTimeField(db_comment='not personal', null=True)),
                ('office', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.office')),
            ],
            options={
                'db_table_comment': 'cases at counters',
            },
        ),
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('account_key', models.UUIDField(db_comment="keyed index of the account's name; pseudonym", unique=True)),
                ('sealed', models.BinaryField(db_comment="SENSITIVE, sealed: the account's name and the employee's")),
                ('role', models.CharField(db_comment='not personal', max_length=16)),
                ('member', models.UUIDField(db_comment="keyed index of the employee's own ID number; pseudonym", null=True)),
                ('household', models.UUIDField(db_comment="keyed index of the employee's household; pseudonym", null=True)),
                ('state', models.CharField(db_comment='not personal', max_length=12)),
                ('made_at', models.DateTimeField(db_comment='not personal')),
                ('state_at', models.DateTimeField(db_comment='not personal')),
                ('code_hash', models.CharField(db_comment='SENSITIVE: slow hash of the first-time code', default='', max_length=160)),
                ('code_until', models.DateTimeField(db_comment='not personal', null=True)),
                ('made_by', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, to='counter.staff')),
                ('office', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, to='counter.office')),
            ],
            options={
                'db_table_comment': 'staff accounts',
            },
        ),
        migrations.CreateModel(
            name='LookUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.UUIDField(db_comment="keyed index of the member's ID number, null where nobody has it; pseudonym", null=True)),
                ('purpose', models.CharField(db_comment='not personal', max_length=16)),
                ('at', models.DateTimeField(db_comment='not personal')),
                ('case', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.SET_NULL, to='counter.case')),
                ('staff', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.staff')),
            ],
            options={
                'db_table_comment': 'look-ups by staff',
            },
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('member', models.UUIDField(db_comment="keyed index of the member's ID number; pseudonym")),
                ('kind', models.CharField(db_comment='not personal', max_length=8)),
                ('state', models.CharField(db_comment='not personal', max_length=8)),
                ('sealed', models.BinaryField(db_comment='SENSITIVE, sealed: what is asked, and why it was decided so', default=b'')),
                ('received_at', models.DateTimeField(db_comment='not personal')),
                ('due', models.DateField(db_comment='last day for a decision; not personal', db_index=True)),
                ('extended', models.BooleanField(db_comment='whether it was put off; not personal', default=False)),
                ('decided_at', models.DateTimeField(db_comment='not personal', null=True)),
                ('case', models.ForeignKey(db_comment='where it was received; not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.case')),
                ('decided_by', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, to='counter.staff')),
            ],
            options={
                'db_table_comment': 'requests of members on their data',
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(db_comment='what is edited; not personal', max_length=12)),
                ('subject', models.CharField(db_comment='which one of its kind; not personal', max_length=40)),
                ('number', models.PositiveIntegerField(db_comment='counts the changes of a subject; not personal')),
                ('edit', models.CharField(db_comment='added, changed or withdrawn; not personal', max_length=12)),
                ('at', models.DateTimeField(db_comment='not personal')),
                ('staff', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.staff')),
            ],
            options={
                'db_table_comment': 'changes of what the back office edits',
            },
        ),
        migrations.AddField(
            model_name='case',
            name='clerk',
            field=models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.staff'),
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('act', models.CharField(db_comment='not personal', max_length=16)),
                ('reason', models.CharField(db_comment='not personal', max_length=24)),
                ('state', models.CharField(db_comment='not personal', max_length=8)),
                ('asked_at', models.DateTimeField(db_comment='not personal')),
                ('decided_at', models.DateTimeField(db_comment='not personal', null=True)),
                ('case', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.case')),
                ('asked_by', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='counter.staff')),
                ('decided_by', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decided', to='counter.staff')),
            ],
            options={
                'db_table_comment': 'acts that wait for a second person',
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(db_comment='not personal', max_length=12)),
                ('at', models.DateTimeField(db_comment='not personal', db_index=True)),
                ('settled_at', models.DateTimeField(db_comment='not personal', null=True)),
                ('note', models.CharField(blank=True, db_comment='code of the finding; not personal', default='', max_length=24)),
                ('look_up', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.PROTECT, to='counter.lookup')),
                ('settled_by', models.ForeignKey(db_comment='not personal', null=True, on_delete=django.db.models.deletion.PROTECT, to='counter.staff')),
            ],
            options={
                'db_table_comment': 'unusual look-ups',
            },
        ),
        migrations.CreateModel(
            name='StaffPasskey',
            fields=[
                ('id', models.UUIDField(db_comment='random; not personal', primary_key=True, serialize=False)),
                ('credential_id', models.BinaryField(db_comment='passkey id; not personal', max_length=1023, unique=True)),
                ('credential', models.BinaryField(db_comment='passkey public key (COSE); not personal')),
                ('sign_count', models.PositiveBigIntegerField(db_comment='passkey counter; not personal', default=0)),
                ('synced', models.BooleanField(db_comment='passkey may be on other devices too; not personal', default=False)),
                ('aaguid', models.UUIDField(db_comment='model of the authenticator; not personal')),
                ('made_at', models.DateTimeField(db_comment='not personal')),
                ('used_at', models.DateTimeField(db_comment='not personal', null=True)),
                ('staff', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.CASCADE, to='counter.staff')),
            ],
            options={
                'db_table_comment': 'passkeys of staff',
            },
        ),
        migrations.CreateModel(
            name='StaffSession',
            fields=[
                ('digest', models.BinaryField(db_comment='SHA-256 of the cookie; not personal', max_length=32, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(db_comment='not personal')),
                ('seen_at', models.DateTimeField(db_comment='last use, to the minute; not personal', db_index=True)),
                ('source', models.UUIDField(db_comment='keyed index of the network address it began at; not personal')),
                ('staff', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.CASCADE, to='counter.staff')),
            ],
            options={
                'db_table_comment': 'signed-in staff',
            },
        ),
        migrations.CreateModel(
            name='Screen',
            fields=[
                ('digest', models.BinaryField(db_comment='SHA-256 of its cookie; not personal', max_length=32, primary_key=True, serialize=False)),
                ('number', models.CharField(db_comment='what it shows for pairing; not personal', max_length=8)),
                ('made_at', models.DateTimeField(db_comment='not personal')),
                ('seen_at', models.DateTimeField(db_comment='not personal')),
                ('case', models.OneToOneField(db_comment='not personal', null=True, on_delete=django.db.models.deletion.SET_NULL, to='counter.case')),
                ('office', models.ForeignKey(db_comment='not personal', on_delete=django.db.models.deletion.CASCADE, to='counter.office')),
            ],
            options={
                'db_table_comment': "visitors' screens at desks",
                'constraints': [models.UniqueConstraint(condition=models.Q(('case', None)), fields=('office', 'number'), name='screen_number_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='staff',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['invited', 'active', 'closed'])), name='staff_state_known'),
        ),
        migrations.AddConstraint(
            model_name='staff',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'supervisor', 'hotline', 'auditor', 'administrator'])), name='staff_role_known'),
        ),
        migrations.AddIndex(
            model_name='lookup',
            index=models.Index(fields=['staff', '-at'], name='look_ups_of_staff'),
        ),
        migrations.AddIndex(
            model_name='lookup',
            index=models.Index(fields=['member', '-at'], name='look_ups_of_member'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(fields=('kind', 'subject', 'number'), name='one_change_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('member',), name='one_open_case_a_person'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'done', 'dropped', 'left'])), name='case_state_known'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('case', 'act'), name='one_open_approval'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('look_up', 'kind'), name='one_alert_a_kind'),
        ),
    ]
