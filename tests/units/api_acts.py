"""Sending lists to the API, and reading what it refuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from nhi_sandbox.register import RegisterRow
from tests.units.payroll import API, Payroll
from tests.units.staff import csv_of, line

KEY = "march-2026-list-1"
FIELDS = ("id_number", "birth_date", "name", "email", "staff_number")


def send_file(payroll: Payroll, content: bytes, key: str = KEY, name: str = "staff.csv", **headers: str) -> Any:
    """Send a file as curl -F does."""
    told = {"Authorization": f"Bearer {payroll.token}", "Idempotency-Key": key, **headers}
    return payroll.browser.post(f"{API}/lists", {"file": SimpleUploadedFile(name, content)}, headers=told)


def send_rows(payroll: Payroll, rows: object, key: str = KEY, **headers: str) -> Any:
    """Send rows of JSON."""
    text = rows if isinstance(rows, str | bytes) else json.dumps(rows)
    return payroll.post("/lists", text, **{"Idempotency-Key": key, **headers})


def as_rows(lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [dict(zip(FIELDS, one, strict=True)) for one in lines]


def problem(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal, which is told as RFC 9457 wants it."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"].endswith(f"/help/codes/{told['code']}/")
    assert told["title"]
    assert told["detail"]
    return answer.status_code, told["code"]


def mixed(people: Sequence[RegisterRow]) -> list[tuple[str, ...]]:
    """Three good lines, one of somebody nobody knows, one without an ID number."""
    return [*map(line, people[:3]), line(people[3], birth_date="1950-01-01"), line(people[4], id_number="")]


def by_file(payroll: Payroll, lines: Sequence[Sequence[str]]) -> Any:
    return send_file(payroll, csv_of(lines))


def by_rows(payroll: Payroll, lines: Sequence[Sequence[str]]) -> Any:
    return send_rows(payroll, as_rows(lines))
