"""The words of terms in force cannot be changed or removed by anybody who only has the application's database account."""

from django.db import migrations

_MESSAGE = "terms in force never change"

_SQLITE = tuple(
    f"""CREATE TRIGGER terms_stay_{act} BEFORE {act.upper()} ON help_termsversion
    WHEN OLD.effective <= date('now', '+8 hours')
    BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"""
    for act in ("update", "delete")
)
_POSTGRESQL = (
    f"""CREATE FUNCTION terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.effective <= (now() AT TIME ZONE 'Asia/Taipei')::date THEN RAISE EXCEPTION '{_MESSAGE}'; END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER terms_stay BEFORE UPDATE OR DELETE ON help_termsversion
    FOR EACH ROW EXECUTE FUNCTION terms_stay()""",
)
_UNDO = {
    "sqlite": ("DROP TRIGGER terms_stay_update", "DROP TRIGGER terms_stay_delete"),
    "postgresql": ("DROP TRIGGER terms_stay ON help_termsversion", "DROP FUNCTION terms_stay()"),
}


def _forward(_apps, schema_editor):
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL:
        schema_editor.execute(statement)


def _backward(_apps, schema_editor):
    for statement in _UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on both engines."""

    dependencies = [("help", "0001_initial")]
    operations = [migrations.RunPython(_forward, _backward)]
