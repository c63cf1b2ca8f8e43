"""Django settings: an embedded default that needs no server, and PostgreSQL by one variable."""

import os
from pathlib import Path

import dj_database_url
import dj_email_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from townwright.site.home import data_home, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
TOWNWRIGHT_HOME = data_home()
SECRET_KEY = secret_key(TOWNWRIGHT_HOME)
DEBUG = os.environ.get("TOWNWRIGHT_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("TOWNWRIGHT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TOWNWRIGHT_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "townwright.site",
    "townwright.apps.indicators",
    "townwright.apps.incentives",
    "townwright.apps.snapshots",
    "townwright.apps.filings",
    "townwright.apps.parties",
    "townwright.apps.zones",
    "townwright.frame",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tables2",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "townwright.frame.accounts.held.HeldForms",
    "townwright.frame.accounts.second_factor.SecondFactor",
    "townwright.frame.problems.problems",
]

ROOT_URLCONF = "townwright.site.urls"
WSGI_APPLICATION = "townwright.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "townwright.site.navigation.shell",
            ],
        },
    },
]

DATABASE_URL = os.environ.get("TOWNWRIGHT_DATABASE_URL", f"sqlite:///{TOWNWRIGHT_HOME / 'townwright.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writer writes; IMMEDIATE takes the write lock at BEGIN, so that
    # two writers queue instead of one failing half way. synchronous=FULL keeps every commit at a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }

# "at-once" carries long work out inside the request that asks for it: for tests and the development server.
JOBS_AT_ONCE = os.environ.get("TOWNWRIGHT_JOBS") == "at-once"

# Requests that one token, or one signed-in person, may make in a minute.
API_REQUESTS_A_MINUTE = int(os.environ.get("TOWNWRIGHT_API_RATE", "600"))

# Messages to webhooks go to the open internet, encrypted. With this they may also go to private addresses, and by http.
WEBHOOKS_PRIVATE = os.environ.get("TOWNWRIGHT_WEBHOOKS_PRIVATE") == "1"
WEBHOOKS_SECONDS = 10

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
CSRF_FAILURE_VIEW = "townwright.frame.pages.held.forged"

# Accounts: how people sign in is django-allauth's; nobody signs up (frame/accounts/adapters.py).
ACCOUNT_ADAPTER = "townwright.frame.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "townwright.frame.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Townwright] "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "sign-in"
# Failed attempts by name and by network address; a form of the second factor counts by account under the same heading.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/5m/ip,5/5m/key", "login": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TOWNWRIGHT_PROXIES", "0"))
MFA_ADAPTER = "townwright.frame.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# Nobody signs up with an address of somebody else, so an unproven one is no reason to keep a person from a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers treat this machine's own address as safe; any other needs HTTPS for passkeys.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = os.environ.get("TOWNWRIGHT_HTTPS") != "1"
# Roles that must have a second factor, by comma; "administrator" is who may everything.
SECOND_FACTOR_ROLES = [one for one in os.environ.get("TOWNWRIGHT_SECOND_FACTOR_ROLES", "").split(",") if one]
INVITATION_DAYS = 7

# Letters are files in the data folder until a mail server is named, as in smtp+tls://user:password@mail.example.org:587.
EMAIL_URL = os.environ.get("TOWNWRIGHT_EMAIL_URL", "")
if EMAIL_URL:
    vars().update({name: value for name, value in dj_email_url.parse(EMAIL_URL).items() if name.startswith("EMAIL_")})
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = TOWNWRIGHT_HOME / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("TOWNWRIGHT_EMAIL_FROM", "townwright@localhost")

# What processes must share, such as counts of failed attempts, lies in the database: no further server is needed.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "townwright_cache"},
    # Counted at every request of a program: a write of the database for each read would cost more than the read.
    "requests": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "requests"},
}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "static/"
STATIC_ROOT = TOWNWRIGHT_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = TOWNWRIGHT_HOME / "uploads"

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5.html"

SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(float(os.environ.get("TOWNWRIGHT_SESSION_HOURS", "12")) * 3600)
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# Scripts come from this site and from files, never from a page. A style attribute may set a width; a <style> is not read.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
if os.environ.get("TOWNWRIGHT_HTTPS") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TOWNWRIGHT_LOG", "WARNING")},
}
