"""The operators' CAMARA APIs: the shared way through, and refusing what the definitions refuse.

What each API answers stands in `line_facts`.
"""

import json
import re
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.answers import ApiError, suffer
from nhi_sandbox.line_facts import APIS, Api
from nhi_sandbox.scopes import NUMBER
from nhi_sandbox.world import Grant, World

_CORRELATOR: Final = re.compile(r"[a-zA-Z0-9\-_:;./<>{}]{0,256}")


class OperatorApis:
    """All APIs of all operators, reached by an access token of the same operator."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Everything else under /op/<operator>/."""
        return [Route("/op/{operator}/{api:path}", self.call, methods=["GET", "POST"])]

    async def call(self, request: Request) -> Response:
        """Answer one API call, x-correlator echoed."""
        correlator = request.headers.get("x-correlator")
        headers = {} if correlator is None else {"x-correlator": correlator}
        try:
            if correlator is not None and not _CORRELATOR.fullmatch(correlator):
                headers = {}
                raise ApiError(400, "INVALID_ARGUMENT", "x-correlator has characters that are not allowed.")
            answer = await self._answer(request)
        except ApiError as error:
            return error.response(headers)
        if isinstance(answer, Response):
            answer.headers.update(headers)
            return answer
        return JSONResponse(answer, headers=headers)

    async def _answer(self, request: Request) -> dict[str, Any] | Response:
        operator, api = self._find(request)
        if broken := await suffer(operator.fault):
            return broken
        token, grant = self._grant(request)
        if broken := await suffer(grant.line.fault):
            return broken
        if api.scope not in grant.scopes:
            raise ApiError(403, "PERMISSION_DENIED", "The access token does not have the required scope.")
        body = await _body(request, api) if api.method == "POST" else {}
        _check_phone_number(api, body, grant)
        if api.scope == NUMBER:
            self._world.grants.drop(token)
        elif grant.line.kind == "ended":
            raise ApiError(404, "IDENTIFIER_NOT_FOUND", "The phone number is not a customer's.")
        return api.answer(grant.line, body)

    def _find(self, request: Request) -> tuple[Any, Api]:
        operator = self._world.operators.get(request.path_params["operator"])
        api = APIS.get(request.path_params["api"])
        if operator is None or api is None:
            raise ApiError(404, "NOT_FOUND", "There is no such resource.")
        if request.method != api.method:
            raise ApiError(405, "METHOD_NOT_ALLOWED", f"Use {api.method}.")
        return operator, api

    def _grant(self, request: Request) -> tuple[str, Grant]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.grants.get(token) if scheme.lower() == "bearer" else None
        if grant is None or grant.operator != request.path_params["operator"]:
            raise ApiError(401, "UNAUTHENTICATED", "Missing, used, expired or foreign access token.")
        return token, grant


async def _body(request: Request, api: Api) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _invalid("The body must be a JSON object.")
    for name, value in body.items():
        if name not in api.properties:
            raise _invalid("The body has a property that is not defined.")
        api.properties[name](name, value)
    missing = [name for name in api.required if name not in body]
    if missing:
        raise _invalid(f"Required: {', '.join(missing)}.")
    return body


def _check_phone_number(api: Api, body: dict[str, Any], grant: Grant) -> None:
    """Every token here names its line, so a number in the body is needless or must be the same one."""
    if "phoneNumber" not in body:
        return
    if not api.compares_phone_number:
        raise ApiError(422, "UNNECESSARY_IDENTIFIER", "The access token already identifies the phone number.")
    if body["phoneNumber"] != grant.line.msisdn:
        raise ApiError(403, "INVALID_TOKEN_CONTEXT", "phoneNumber is not consistent with the access token.")


def _invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message)
