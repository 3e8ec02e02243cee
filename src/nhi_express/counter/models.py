"""Offices, staff and their passkeys, cases and visitors' screens, look-ups and alerts, requests on data."""

from django.db import models
from django.db.models import Q

from nhi_express.core.database import one_of
from nhi_express.counter.rules import CaseState, Role, StaffState
from nhi_express.devices.models import Use


class Office(models.Model):
    """服務據點: a regional division's or liaison office's counter."""

    code = models.CharField(primary_key=True, max_length=16, db_comment="short name; not personal")
    region = models.CharField(max_length=16, db_comment="regional division; not personal")
    name_zh = models.CharField(max_length=60, db_comment="not personal")
    name_en = models.CharField(max_length=120, db_comment="not personal")
    address_zh = models.CharField(max_length=160, db_comment="of an office; not personal")
    address_en = models.CharField(max_length=200, db_comment="of an office; not personal")
    phone = models.CharField(max_length=40, db_comment="of an office; not personal")
    hours_zh = models.CharField(max_length=120, db_comment="not personal")
    hours_en = models.CharField(max_length=160, db_comment="not personal")
    map_url = models.CharField(max_length=300, default="", blank=True, db_comment="not personal")
    networks = models.JSONField(default=list, db_comment="networks its desks are in (CIDR); not personal")
    place = models.PositiveSmallIntegerField(default=0, db_comment="order on the page; not personal")
    closed_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "service counters"


class Staff(models.Model):
    """A staff account: one person, one role, passkeys only."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    account_key = models.UUIDField(unique=True, db_comment="keyed index of the account's name; pseudonym")
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: the account's name and the employee's")
    role = models.CharField(max_length=16, db_comment="not personal")
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, db_comment="not personal")
    member = models.UUIDField(null=True, db_comment="keyed index of the employee's own ID number; pseudonym")
    household = models.UUIDField(null=True, db_comment="keyed index of the employee's household; pseudonym")
    state = models.CharField(max_length=12, db_comment="not personal")
    made_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_comment="not personal")
    made_at = models.DateTimeField(db_comment="not personal")
    state_at = models.DateTimeField(db_comment="not personal")
    code_hash = models.CharField(max_length=160, default="", db_comment="SENSITIVE: slow hash of the first-time code")
    code_until = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "staff accounts"
        constraints = [
            models.CheckConstraint(condition=one_of("state", StaffState), name="staff_state_known"),
            models.CheckConstraint(condition=one_of("role", Role), name="staff_role_known"),
        ]


class StaffPasskey(models.Model):
    """A passkey of a staff account; several may be kept, so that a lost one locks nobody out."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, db_comment="not personal")
    credential_id = models.BinaryField(unique=True, max_length=1023, db_comment="passkey id; not personal")
    credential = models.BinaryField(db_comment="passkey public key (COSE); not personal")
    sign_count = models.PositiveBigIntegerField(default=0, db_comment="passkey counter; not personal")
    synced = models.BooleanField(default=False, db_comment="passkey may be on other devices too; not personal")
    aaguid = models.UUIDField(db_comment="model of the authenticator; not personal")
    made_at = models.DateTimeField(db_comment="not personal")
    used_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "passkeys of staff"


class StaffSession(Use):
    """A signed-in member of staff; it holds only in the network where it began."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, db_comment="not personal")
    source = models.UUIDField(db_comment="keyed index of the network address it began at; not personal")

    class Meta:
        db_table_comment = "signed-in staff"


class Case(models.Model):
    """臨櫃案件: one visit of one person at one desk, for one purpose."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, db_comment="not personal")
    clerk = models.ForeignKey(Staff, on_delete=models.PROTECT, db_comment="not personal")
    member = models.UUIDField(db_comment="keyed index of the visitor's ID number; pseudonym")
    registration = models.UUIDField(null=True, db_comment="registration concerned; pseudonym")
    purpose = models.CharField(max_length=16, db_comment="not personal")
    state = models.CharField(max_length=8, db_comment="not personal")
    seen = models.JSONField(default=list, db_comment="documents seen, by name; not personal")
    attempt = models.UUIDField(null=True, db_comment="the attempt to enrol; not personal")
    opened_at = models.DateTimeField(db_index=True, db_comment="not personal")
    touched_at = models.DateTimeField(db_comment="last act in it; not personal")
    ended_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "cases at counters"
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(state="open"), name="one_open_case_a_person"),
            models.CheckConstraint(condition=one_of("state", CaseState), name="case_state_known"),
        ]


class Screen(models.Model):
    """A visitor's screen beside a desk: it shows a number, the clerk types it, and it serves one case."""

    digest = models.BinaryField(primary_key=True, max_length=32, db_comment="SHA-256 of its cookie; not personal")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, db_comment="not personal")
    number = models.CharField(max_length=8, db_comment="what it shows for pairing; not personal")
    case = models.OneToOneField(Case, null=True, on_delete=models.SET_NULL, db_comment="not personal")
    made_at = models.DateTimeField(db_comment="not personal")
    seen_at = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "visitors' screens at desks"
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], condition=Q(case=None), name="screen_number_once")
        ]


class Approval(models.Model):
    """An act that waits for a second person."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_comment="not personal")
    act = models.CharField(max_length=16, db_comment="not personal")
    reason = models.CharField(max_length=24, db_comment="not personal")
    state = models.CharField(max_length=8, db_comment="not personal")
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="asked", db_comment="not personal")
    asked_at = models.DateTimeField(db_comment="not personal")
    decided_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="decided", db_comment="not personal"
    )
    decided_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "acts that wait for a second person"
        constraints = [
            models.UniqueConstraint(fields=["case", "act"], condition=Q(state="asked"), name="one_open_approval")
        ]


class Proposal(models.Model):
    """A first-time code for a colleague, or networks of an office, that one person asked for; a second one says yes."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    staff = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="codes_asked", db_comment="whose code; not personal"
    )
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, db_comment="not personal")
    networks = models.JSONField(default=list, db_comment="networks as they are to be (CIDR); not personal")
    state = models.CharField(max_length=8, db_comment="not personal")
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="proposed", db_comment="not personal")
    asked_at = models.DateTimeField(db_comment="not personal")
    decided_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="seconded", db_comment="not personal"
    )
    decided_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "codes and networks that wait for a second person"
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(state="asked"), name="one_code_asked"),
            models.UniqueConstraint(fields=["office"], condition=Q(state="asked"), name="one_network_wish"),
            models.CheckConstraint(condition=Q(staff=None) ^ Q(office=None), name="code_or_networks"),
        ]


class LookUp(models.Model):
    """One reading of a member's record by one member of staff. Kept like the log; the member sees it."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, db_comment="not personal")
    member = models.UUIDField(
        null=True, db_comment="keyed index of the member's ID number, null where nobody has it; pseudonym"
    )
    purpose = models.CharField(max_length=16, db_comment="not personal")
    at = models.DateTimeField(db_comment="not personal")
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, db_comment="not personal")

    class Meta:
        db_table_comment = "look-ups by staff"
        indexes = [
            models.Index(fields=["staff", "-at"], name="look_ups_of_staff"),
            models.Index(fields=["member", "-at"], name="look_ups_of_member"),
        ]


class Alert(models.Model):
    """Something unusual about a look-up, for supervisors."""

    look_up = models.ForeignKey(LookUp, on_delete=models.PROTECT, db_comment="not personal")
    kind = models.CharField(max_length=12, db_comment="not personal")
    at = models.DateTimeField(db_index=True, db_comment="not personal")
    settled_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, db_comment="not personal")
    settled_at = models.DateTimeField(null=True, db_comment="not personal")
    note = models.CharField(max_length=24, default="", blank=True, db_comment="code of the finding; not personal")

    class Meta:
        db_table_comment = "unusual look-ups"
        constraints = [models.UniqueConstraint(fields=["look_up", "kind"], name="one_alert_a_kind")]


class Watched(models.Model):
    """A record that is only opened for good reasons: of a person many are curious about."""

    member = models.UUIDField(primary_key=True, db_comment="keyed index of the member's ID number; pseudonym")
    since = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "records whose look-ups always raise an alert"


class DataRequest(models.Model):
    """A member's request on their data, and its legal clock."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_comment="where it was received; not personal")
    member = models.UUIDField(db_comment="keyed index of the member's ID number; pseudonym")
    kind = models.CharField(max_length=8, db_comment="not personal")
    state = models.CharField(max_length=8, db_comment="not personal")
    sealed = models.BinaryField(default=b"", db_comment="SENSITIVE, sealed: what is asked, and why it was decided so")
    received_at = models.DateTimeField(db_comment="not personal")
    due = models.DateField(db_index=True, db_comment="last day for a decision; not personal")
    extended = models.BooleanField(default=False, db_comment="whether it was put off; not personal")
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, db_comment="not personal")
    decided_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "requests of members on their data"


class Change(models.Model):
    """One change of news, terms, an operator, an office or a lifetime: who, when, and which one of that subject's."""

    kind = models.CharField(max_length=12, db_comment="what is edited; not personal")
    subject = models.CharField(max_length=40, db_comment="which one of its kind; not personal")
    number = models.PositiveIntegerField(db_comment="counts the changes of a subject; not personal")
    edit = models.CharField(max_length=12, db_comment="added, changed, planned, begun or withdrawn; not personal")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, db_comment="not personal")
    at = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "changes of what the back office edits"
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "number"], name="one_change_at_a_time")]


class Plan(models.Model):
    """A change of an operator or an office that begins on a day to come; the worker carries it out."""

    kind = models.CharField(max_length=12, db_comment="what is edited; not personal")
    subject = models.CharField(max_length=40, db_comment="which one of its kind; not personal")
    values = models.JSONField(db_comment="its fields as they are to be; not personal")
    effective = models.DateField(db_index=True, db_comment="first day; not personal")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, db_comment="who planned it; not personal")

    class Meta:
        db_table_comment = "changes that begin on a day to come"
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="one_plan_a_subject")]
