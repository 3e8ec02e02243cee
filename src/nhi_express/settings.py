"""Django's settings, derived from the typed :class:`nhi_express.core.config.Config`."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from nhi_express.core import logging
from nhi_express.core.config import config
from nhi_express.core.database import databases

CONFIG = config()
PACKAGE = Path(__file__).resolve().parent
ROOMS = (
    "core",
    "audit",
    "help",
    "members",
    "registration",
    "devices",
    "enrolment",
    "mobile",
    "card",
    "units",
    "counter",
    "services",
    "site",
)

# Outside production a fixed key keeps sessions over restarts; production refuses to start without its own.
SECRET_KEY = CONFIG.secret_key or "not-a-secret-outside-production"
DEBUG = False
ALLOWED_HOSTS = [CONFIG.site_host] if CONFIG.production else [CONFIG.site_host, "127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [CONFIG.site_url]
ROOT_URLCONF = "nhi_express.urls"
WSGI_APPLICATION = "nhi_express.wsgi.application"
INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # The OAuth library's tables refer to Django's users. Nobody is one: people are members, payroll systems clients.
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "oauth2_provider",
    "django_tasks",
    "django_tasks_db",
    *(f"nhi_express.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "nhi_express.site.middleware.ProblemMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / room / "templates" for room in ROOMS],
        "OPTIONS": {"environment": "nhi_express.site.jinja.environment"},
    }
]

DATABASES = databases(CONFIG)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = logging.LOGGING
CSRF_FAILURE_VIEW = "nhi_express.site.views.forbidden"
LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "正體中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=400).total_seconds())
TIME_ZONE = "Asia/Taipei"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE.parent.parent / "var" / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if not CONFIG.production else 3600

CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = CONFIG.secure
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = CONFIG.secure
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.trusted_proxies else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if CONFIG.secure else 0
# Not `no-referrer`: browsers then send `Origin: null` with our own forms, and the CSRF check refuses them.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 60
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # The mobile step leaves for the operators' gateway by a redirect after a form, which `form-action` judges too.
        "form-action": [SELF, *CONFIG.gateway_url.split(), *CONFIG.operator_origins.split()],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
GALLERY = CONFIG.gallery

# The API for payroll systems: OAuth 2.0 client credentials (RFC 6749, 4.4) as RFC 9700 wants them, and no other grant.
PASSWORD_HASHERS = ["nhi_express.units.adapters.oauth.SecretHasher"]
OAUTH2_PROVIDER_APPLICATION_MODEL = "units.Client"
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "nhi_express.units.adapters.oauth.Validator",
    "ACCESS_TOKEN_GENERATOR": "nhi_express.units.adapters.oauth.new_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "SCOPES": {"units:lists": "Send lists of a unit, confirm them, and see what became of them"},
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    # Of a token only a SHA-256 is kept.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

MAIL = urlsplit(CONFIG.smtp_url)
EMAIL_HOST, EMAIL_PORT = MAIL.hostname or "127.0.0.1", MAIL.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(MAIL.username or ""), unquote(MAIL.password or "")
EMAIL_USE_SSL = MAIL.scheme == "smtps"
EMAIL_TIMEOUT = 10
