"""Checking operator traffic against the published CAMARA definitions, where they lie beside the repository."""

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[3] / "shared" / "camara"
MISSING = f"the CAMARA definitions are not in {FOLDER.parent.name}/{FOLDER.name} beside the repository"

_FILES = {
    "number-verification/v2": "number-verification",
    "kyc-match/v0.4": "kyc-match",
    "kyc-tenure/v0.2": "kyc-tenure",
    "subscription-status/v0.1": "subscription-status",
    "sim-swap/v2": "sim-swap",
    "kyc-age-verification/v0.2": "kyc-age-verification",
}


class Definitions:
    """The definitions of the six APIs the site uses, with their references resolved."""

    def __init__(self) -> None:
        self._operations: dict[tuple[str, str], Any] = {}
        for base, name in _FILES.items():
            document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    self._operations[method, base + path] = _resolve(operation, document)

    def check_request(self, method: str, path: str, body: object) -> None:
        """Raise ValidationError when the body is not what the definition asks for."""
        content = self._operations[method.lower(), path].get("requestBody", {}).get("content", {})
        if content:
            _validate(content["application/json"]["schema"], body)

    def check_response(self, method: str, path: str, status: int, body: object) -> None:
        """Raise when the definition knows no such status, or the body differs from what it says."""
        response = self._operations[method.lower(), path]["responses"][str(status)]
        _validate(response["content"]["application/json"]["schema"], body)


def _resolve(node: Any, document: Any) -> Any:
    if isinstance(node, list):
        return [_resolve(one, document) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolve(target, document)
    return {key: _resolve(value, document) for key, value in node.items()}


def _validate(schema: dict[str, Any], body: object) -> None:
    # The definitions leave objects open; we write and accept nothing that is not defined.
    closed = {"additionalProperties": False} if "properties" in schema else {}
    Draft4Validator({"type": "object", **schema, **closed}, format_checker=Draft4Validator.FORMAT_CHECKER).validate(
        body
    )
