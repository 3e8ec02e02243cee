"""The two error shapes of operator traffic (OAuth and CAMARA), and suffering a fault before answering."""

import asyncio

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from nhi_sandbox.lines import Fault

NO_STORE = {"Cache-Control": "no-store"}


class OAuthError(Exception):
    """A refusal by a token endpoint (RFC 6749 §5.2): 401 for invalid_client, 400 for all else."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description = error, description

    def response(self) -> Response:
        """The JSON answer."""
        return JSONResponse(
            {"error": self.error, "error_description": self.description},
            status_code=401 if self.error == "invalid_client" else 400,
            headers=NO_STORE,
        )


class ApiError(Exception):
    """A refusal by an API: CAMARA's ErrorInfo with its HTTP status and code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message

    def response(self, headers: dict[str, str]) -> Response:
        """The JSON answer."""
        body = {"status": self.status, "code": self.code, "message": self.message}
        return JSONResponse(body, status_code=self.status, headers=headers)


class HangUp(Response):
    """No answer at all: the connection is cut, as by a server that is not there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut the connection and wait until that is known."""
        scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


async def suffer(fault: Fault) -> Response | None:
    """Live through `fault`: wait, then return the broken answer. None means answer as usual."""
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
    match fault.kind:
        case "error500":
            return ApiError(500, "INTERNAL", "Sandbox fault: internal server error.").response({})
        case "garbage":
            return Response(b'{"devicePhoneNumber": \xff\xfe', media_type="application/json")
        case "down":
            return HangUp()
    return None
