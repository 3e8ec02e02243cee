"""Rows of the audit log refuse change, whoever asks: the database itself says no."""

from django.db import migrations

_MESSAGE = "the audit log is append-only"

_SQLITE = (
    f"""CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END""",
    # Six months is the shortest time that the law lets logs be kept.
    f"""CREATE TRIGGER audit_no_early_delete BEFORE DELETE ON audit_entry
    WHEN OLD.at > datetime('now', '-183 days')
    BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '183 days' THEN RETURN OLD; END IF;
      RAISE EXCEPTION '{_MESSAGE}';
    END $$""",
    """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
)
_UNDO = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_early_delete"),
    "postgresql": ("DROP TRIGGER audit_append_only ON audit_entry", "DROP FUNCTION audit_refuse()"),
}


def _forward(_apps, schema_editor):
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL:
        schema_editor.execute(statement)


def _backward(_apps, schema_editor):
    for statement in _UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on both engines."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(_forward, _backward)]
