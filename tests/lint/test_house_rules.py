"""The ast-grep rules: what each allows and forbids, and in which files."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lint.tree import ROOT

AST_GREP = Path(sys.executable).with_name("ast-grep")

# Where, what, and the rule that must object (None: nobody may).
CASES = [
    ("devices/flows/binding.py", "def bind():\n    return Device.objects.create()\n", None),
    ("devices/flows/binding.py", "def adopt():\n    return Device.objects.create()\n", "only-bind-makes-devices-here"),
    ("enrolment/flows/gate.py", "def bind():\n    return Device.objects.create()\n", "only-bind-makes-devices"),
    ("devices/flows/binding.py", "device.state = wanted\n", None),
    ("devices/flows/binding.py", "registration.state = wanted\n", "registration-state-is-changed-by-registration"),
    ("devices/views.py", "device.state = wanted\n", "only-own-flows-change-states"),
    ("registration/flows/__init__.py", "Registration.objects.create()\n", None),
    ("registration/flows/__init__.py", "registration.state = wanted\n", None),
    ("registration/flows/__init__.py", "device.state = wanted\n", "device-state-is-changed-by-devices"),
    ("registration/views.py", "Registration.objects.create()\n", "only-registration-makes-registrations"),
    ("registration/migrations/0001_initial.py", "Registration(state='active')\n", None),
    ("enrolment/flows/gate.py", "attempt.state = wanted\n", None),
    ("enrolment/flows/gate.py", "registration.state = wanted\n", "registration-state-is-changed-by-registration"),
    ("enrolment/flows/gate.py", "device.state = wanted\n", "device-state-is-changed-by-devices"),
    ("mobile/flows.py", "attempt.state = wanted\n", "only-own-flows-change-states"),
    ("mobile/models.py", "from nhi_express.devices.models import Device as D\n", "models-keep-their-names"),
    ("core/clock.py", "now = datetime.now(UTC)\n", None),
    ("mobile/rules.py", "now = datetime.now(UTC)\n", "time-comes-from-core"),
    ("settings.py", "now = datetime.now(UTC)\n", "time-comes-from-core"),
    ("core/randomness.py", "import secrets\n", None),
    ("mobile/adapters/camara.py", "import secrets\n", "randomness-comes-from-core"),
    ("core/http.py", "import httpx2\n", None),
    ("mobile/adapters/camara.py", "import httpx2\n", "http-comes-from-core"),
    ("core/outbox.py", "with transaction.atomic():\n    pass\n", None),
    ("help/flows.py", "with transaction.atomic():\n    pass\n", None),
    ("members/adapters/loading.py", "with transaction.atomic():\n    pass\n", None),
    ("members/adapters/table.py", "with transaction.atomic():\n    pass\n", "transactions-open-in-flows"),
    ("devices/views.py", "with transaction.atomic():\n    pass\n", "transactions-open-in-flows"),
    ("audit/flows/log.py", "Entry.objects.create()\n", None),
    ("devices/flows/binding.py", "Entry.objects.create()\n", "events-are-recorded"),
    ("devices/apps.py", "from django.dispatch import receiver\n", "no-signals"),
    ("core/commands.py", "print('done')\n", "no-print"),
    ("mobile/flows.py", "log('mobile').info('asked', value=form.email)\n", "no-person-in-logs"),
    ("members/flows.py", "raise ValueError(f'no {id_number}')\n", "no-person-in-exceptions"),
]


def _ast_grep(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([AST_GREP, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def objections(tmp_path_factory: pytest.TempPathFactory) -> dict[int, set[str]]:
    """Which rules object to which case, from one scan of a tree in which each case stands at its place in a house."""
    folder = tmp_path_factory.mktemp("houses")
    shutil.copy(ROOT / "sgconfig.yml", folder)
    shutil.copytree(ROOT / "lint", folder / "lint")
    found: dict[int, set[str]] = {}
    for number, (place, code, _rule) in enumerate(CASES):
        path = folder / "src" / "nhi_express" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
        told = json.loads(_ast_grep(folder, "scan", "--json=compact", str(path.relative_to(folder))).stdout)
        found[number] = {item["ruleId"] for item in told}
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{place}-{rule}" for place, _code, rule in CASES])
def test_a_rule_objects_where_it_should_and_nowhere_else(number: int, objections: dict[int, set[str]]) -> None:
    rule = CASES[number][2]
    assert objections[number] == ({rule} if rule else set())


def test_tests_and_the_sandbox_may_use_clock_and_randomness(tmp_path: Path) -> None:
    shutil.copy(ROOT / "sgconfig.yml", tmp_path)
    shutil.copytree(ROOT / "lint", tmp_path / "lint")
    for folder in ("tests", "src/nhi_sandbox", "bench"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "sample.py").write_text("import secrets\nnow = datetime.now(UTC)\nprint(now)\n")
    assert json.loads(_ast_grep(tmp_path, "scan", "--json=compact", "src", "tests", "bench").stdout) == []


def test_each_rule_has_snippets_that_it_allows_and_forbids() -> None:
    told = _ast_grep(ROOT, "test", "--skip-snapshot-tests")
    assert told.returncode == 0, told.stdout + told.stderr


def test_each_rule_tells_its_reason_and_is_tested() -> None:
    rules = "\n---\n".join(path.read_text("utf-8") for path in sorted((ROOT / "lint" / "rules").glob("*.yml")))
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "lint" / "rule-tests").glob("*.yml"))
    for rule in rules.split("\n---\n"):
        name = next(line.removeprefix("id: ") for line in rule.splitlines() if line.startswith("id: "))
        assert "\nnote: " in rule, name
        assert "\nseverity: error" in rule, name
        assert f"id: {name}\n" in tests, name


def test_the_house_keeps_the_rules() -> None:
    told = _ast_grep(ROOT, "scan", "--error")
    assert told.returncode == 0, told.stdout
