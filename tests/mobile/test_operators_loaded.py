"""The operator table is loaded by command: all of a file or nothing, and on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhi_express.audit.catalogue import Event
from nhi_express.mobile.commands import app
from nhi_express.mobile.models import Operator
from tests.counting import payloads

ROW = {
    "code": "one",
    "name_zh": "一號電信",
    "name_en": "One",
    "kind": "mno",
    "issuer": "https://one.example",
    "token_endpoint": "https://one.example/token",
    "api_root": "https://one.example/api",
    "valid_from": "2026-01-01",
}

pytestmark = pytest.mark.django_db


def load(file: Path, *rows: dict[str, str]) -> int:
    file.write_text(json.dumps(rows), encoding="utf-8")
    return CliRunner().invoke(app, ["load", str(file)]).exit_code


def test_another_address_is_another_digest_on_record(tmp_path: Path) -> None:
    elsewhere = ROW | {"token_endpoint": "https://elsewhere.example/token"}
    assert [load(tmp_path / "list.json", row) for row in (ROW, ROW, elsewhere)] == [0, 0, 0]
    first, again, other = payloads(Event.OPERATORS_LOADED)
    assert first == again != other
    assert Operator.objects.get().token_endpoint == elsewhere["token_endpoint"]
    assert "example" not in json.dumps(other)


def test_a_file_with_a_bad_row_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path / "list.json", ROW)
    assert load(tmp_path / "list.json", ROW | {"code": "two"}, ROW | {"code": "three"}) != 0, "an issuer is there once"
    assert [row.code for row in Operator.objects.all()] == ["one"]
    assert len(payloads(Event.OPERATORS_LOADED)) == 1
