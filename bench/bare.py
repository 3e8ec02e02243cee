"""The floors that need a web server: bare Django views without middleware, under the server that serves the site.

`/app/unlock/challenge` and `/app/unlock/enter` are a sign-in with nothing but its two signature checks, one ORM select
and one ORM update in a transaction. `/nothing` and `/questions` are an enrolment with nothing in it: as many requests
and as many questions to an operator, and one password hash.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

import argon2
import django
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from nhi_express.core import http
from nhi_express.core.config import Config
from nhi_express.core.database import databases
from nhi_sandbox.device_key import base64url

# What this process is told: its database, the phones that it knows, and whom to ask.
_DATABASE, _PHONES, _OPERATOR = (os.environ[f"BARE_{name}"] for name in ("DATABASE", "PHONES", "OPERATOR"))
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES=databases(Config(database_url=_DATABASE)),
    USE_TZ=True,
)
django.setup()


class Phone(models.Model):
    """A phone with its two public keys, as uncompressed points."""

    id = models.UUIDField(primary_key=True)
    passkey = models.BinaryField()
    key = models.BinaryField()
    used_at = models.DateTimeField(null=True)
    sign_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "bare"


def challenge(_request: HttpRequest) -> HttpResponse:
    """Something to sign."""
    made = base64url(token_bytes(32))
    passkey = {"challenge": made, "rpId": "app.localhost", "userVerification": "required"}
    return _answer({"token": "", "challenge": made, "passkey": passkey})


def enter(request: HttpRequest) -> HttpResponse:
    """Both signatures, one select, one update."""
    told = json.loads(request.body)
    answer = {name: _bytes(text) for name, text in told["assertion"]["response"].items()}
    with transaction.atomic():
        phone = Phone._default_manager.get(pk=told["device"])
        data, client = answer["authenticatorData"], answer["clientDataJSON"]
        _verify(bytes(phone.passkey), answer["signature"], data + sha256(client).digest())
        bound = base64url(sha256(data + client + answer["signature"]).digest())
        signed = f"nhi-express/unlock/1\n{json.loads(client)['challenge']}\n{bound}".encode()
        _verify(bytes(phone.key), _der(_bytes(told["device_signature"])), signed)
        Phone._default_manager.filter(pk=phone.pk).update(sign_count=int.from_bytes(data[33:37], "big"))
    return _answer({"next": "/app/"})


def nothing(_request: HttpRequest) -> HttpResponse:
    """An empty page."""
    return _answer({})


def questions(_request: HttpRequest, count: int) -> HttpResponse:
    """As many questions as an enrolment asks, and its password hash."""
    for _ in range(count):
        http.client().get(_OPERATOR).raise_for_status()
    return _answer(_HASHER.hash(b"p" * 32))


_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def _answer(told: object) -> HttpResponse:
    answer = JsonResponse(told, safe=False)
    # Elsewhere a middleware does this; without it the server would send the body in chunks.
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


def _verify(point: bytes, signature: bytes, data: bytes) -> None:
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    key.verify(signature, data, ECDSA(SHA256()))


def _der(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _remember(phones: list[dict[str, str]]) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Phone)
    Phone._default_manager.bulk_create(_phone(**one) for one in phones)


def _phone(id: str, passkey: str, x: str, y: str) -> Phone:
    # The point is what a SubjectPublicKeyInfo of P-256 ends with.
    return Phone(id=id, passkey=_bytes(passkey)[-65:], key=b"\x04" + _bytes(x) + _bytes(y))


urlpatterns = [
    path("app/unlock/challenge", challenge),
    path("app/unlock/enter", enter),
    path("nothing", nothing),
    path("questions/<int:count>", questions),
]
if __name__ == "__main__":
    _remember(json.loads(Path(_PHONES).read_text()))
else:
    application = get_wsgi_application()
