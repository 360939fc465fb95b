"""Django's settings: what is shared, what is a center's own, and what the environment decides."""

from pathlib import Path

from corsheaders.defaults import default_headers

from tongban.config import environment, logs
from tongban.config.environment import DatabaseUrl, flag, listed, required

PROJECT = Path(__file__).resolve().parents[3]

SECRET_KEY = required(
    "TONGBAN_SECRET_KEY", "./infra/up makes one; in production set 50+ characters"
)
DEBUG = environment.development()
"""Whether identity numbers are believed and codes kept instead of sent; refused likewise."""
DEMO = environment.demonstration()
"""Whether anybody may sign in as the people of a demonstration; refused beside a real database."""
ALLOWED_HOSTS = listed("TONGBAN_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
PUBLIC_URL = environment.optional("TONGBAN_PUBLIC_URL", "http://localhost:8000")

SHARED_APPS = [
    "django_tenants",
    "tongban.kernel",
    "tongban.registry",
    "tongban.identity",
    "tongban.catalog",
    "tongban.exchange",
    "tongban.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "oauth2_provider",
    "corsheaders",
]
TENANT_APPS = [
    "tongban.kernel",
    "tenants.staff",
    "tenants.windows",
    "tenants.cases",
    "tenants.handoffs",
    "tenants.messages",
    "tenants.privacy",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS), "schema"]

TENANT_MODEL = "registry.Center"
TENANT_DOMAIN_MODEL = "registry.CenterDomain"
PUBLIC_SCHEMA_NAME = "public"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DATABASES = {
    "default": {
        "ENGINE": "tongban.kernel.postgresql",
        **DatabaseUrl.parse(
            required("TONGBAN_DATABASE_URL", "the login <instance>_app, which ./infra/up makes")
        ).as_django(),
        # A backend that touched hundreds of tenant schemas holds their catalogs: recycle it.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

KEY_ENCRYPTION_KEYS = required(
    "TONGBAN_KEYS", "id:base64 of 16 bytes, the current one first; ./infra/up makes one"
)
"""Keys that encrypt identity numbers and center keys at rest; they live outside the database."""
APPLICANT_HASH_KEY = required(
    "TONGBAN_APPLICANT_HASH_KEY", "32+ characters, never changed: it finds a person's cases"
)

AUDIT_SEALS = environment.folder("TONGBAN_AUDIT_SEALS", PROJECT / ".tongban" / "seals")
"""Where the heads of the audit chains are sealed; best a folder that is copied elsewhere."""
AUDIT_SEAL_MINUTES = environment.whole_number("TONGBAN_AUDIT_SEAL_MINUTES", 60)
"""How old a sealed head may be before the worker seals the next."""


DATA_REQUEST_WORKING_DAYS = environment.whole_number(
    "TONGBAN_DATA_REQUEST_WORKING_DAYS", 15, most=15
)
"""Within how many working days a person's request about their data is answered: the law says in
time (个人信息保护法 50), and 15 working days at most is what apps are measured by
(《App违法违规收集使用个人信息行为认定方法》六)."""
RETENTION_IDEMPOTENCY_DAYS = environment.whole_number(
    "TONGBAN_RETENTION_IDEMPOTENCY_DAYS", 90, least=90
)
"""For how long a repeated request is answered like the first: clients count on 90 days."""
RETENTION_INBOX_DAYS = environment.whole_number("TONGBAN_RETENTION_INBOX_DAYS", 90, least=90)
"""For how long a message between centers that comes once more is known."""
RETENTION_OUTBOX_DAYS = environment.whole_number("TONGBAN_RETENTION_OUTBOX_DAYS", 30, least=7)
"""How long what was delivered to another center stays readable where it came from."""
RETENTION_TIMER_DAYS = environment.whole_number("TONGBAN_RETENTION_TIMER_DAYS", 30, least=7)
"""How long a timer that has fired is kept."""
RETENTION_MESSAGE_DAYS = environment.whole_number("TONGBAN_RETENTION_MESSAGE_DAYS", 365, least=184)
"""How long what applicants were told is kept, with their phone numbers: as long as somebody may
still contest what it told of (行政复议法 20, 行政诉讼法 46), and no longer (个人信息保护法 19)."""
RETENTION_EXPORT_DAYS = environment.whole_number("TONGBAN_RETENTION_EXPORT_DAYS", 90, least=1)
"""How long it is kept that a list was exported; its file goes after a day."""

RETENTION_DRAFT_DAYS = environment.whole_number(
    "TONGBAN_RETENTION_DRAFT_DAYS", 90, least=14, most=730
)
"""How long a draft that nobody changes is kept; its owner is told a week before it goes."""

AUTH_USER_MODEL = "identity.Account"
OAUTH2_PROVIDER_APPLICATION_MODEL = "identity.ClientApplication"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},  # the rest: rules
]

PASSWORD_LENGTH = environment.whole_number("TONGBAN_PASSWORD_LENGTH", 8, least=8, most=64)
PASSWORD_KINDS = environment.whole_number("TONGBAN_PASSWORD_KINDS", 3, least=3, most=4)
"""How many of upper case, lower case, digits and symbols a password has (GB/T 22239-2019)."""
PASSWORD_HISTORY = environment.whole_number("TONGBAN_PASSWORD_HISTORY", 5, most=24)
"""How many passwords, the present one among them, a new one must differ from."""
STAFF_PASSWORD_DAYS = environment.whole_number("TONGBAN_STAFF_PASSWORD_DAYS", 0, least=0)
"""After how many days staff must change their passwords; 0 is never. 90 is what audits ask."""
STAFF_SECOND_FACTOR = flag("TONGBAN_STAFF_SECOND_FACTOR")
"""Whether all centers' staff, and who holds a platform role, need a second factor."""
SIGN_IN_ADDRESS_FAILURES = environment.whole_number("TONGBAN_SIGN_IN_ADDRESS_FAILURES", 50)
"""Wrong passwords and codes within half an hour after which one address is refused: a whole hall
may stand behind one."""

LOGIN_URL = "/o/sign-in"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "schema.identity.views.forged"

ROOT_URLCONF = "schema.urls"
WSGI_APPLICATION = "schema.wsgi.application"
ASGI_APPLICATION = "schema.asgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Sessions exist for signing in alone; all else is authenticated by its bearer token.
    "schema.identity.middleware.SignInContext",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "schema" / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

logs.configure()
LOGGING = logs.SETTING

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_SIZE_LIMIT = 20 * 1024 * 1024
UPLOAD_SIZE_LIMIT = 100 * 1024 * 1024
"""Of all files of one request together."""
RESUMABLE_SIZE_LIMIT = environment.whole_number("TONGBAN_RESUMABLE_MEGABYTES", 100) * 1024 * 1024
"""Of a file that comes in parts."""
RESUMABLE_ROOM = environment.whole_number("TONGBAN_RESUMABLE_ROOM_GIGABYTES", 20) * 1024**3
"""Of all files that come in parts and were not handed in yet, for each center."""
LONG_BODIES = environment.whole_number("TONGBAN_LONG_BODIES", 6)
"""How many long bodies one web process reads at once: each holds one of its threads (8)."""
STORAGES = {
    "files": {
        "BACKEND": "tongban.kernel.folders.Folder",
        "OPTIONS": {
            "location": environment.folder("TONGBAN_FILES_ROOT", PROJECT / ".tongban" / "files")
        },
    },
}
SCANNER = environment.scanner("TONGBAN_SCANNER")
"""The clamd that looks into what is handed in; empty shows every file as not scanned."""

SMS_URL = environment.address("TONGBAN_SMS_URL")
"""Where text messages are posted; empty keeps them in the centers' outboxes, sent to nobody."""
SMS_TOKEN = environment.optional("TONGBAN_SMS_TOKEN", "")
"""What the gateway knows this platform by (``Authorization: Bearer …``)."""

HANDOFF_RESPONSE_WORKING_DAYS = environment.whole_number("TONGBAN_HANDOFF_RESPONSE_WORKING_DAYS", 1)
"""An offer without an answer after so many working days counts as accepted (缺席默认)."""

RECTIFICATION_WORKING_DAYS = environment.whole_number("TONGBAN_RECTIFICATION_WORKING_DAYS", 15)
"""Within how many working days a bad rating (差评) is rectified and answered: a local rule."""

OFFICIAL_LISTS = environment.official_lists(
    "TONGBAN_OFFICIAL_LISTS",
    "power_list=权力清单,responsibility_list=责任清单,negative_list=负面清单,"
    "special_fund_list=专项资金清单",
)
"""The official lists of a center (“四张清单”), kind → title; the four publications are others."""

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

OAUTH2_PROVIDER = {
    "SCOPES": {
        "api": "查询和办理事项，查看您的办件与账户信息",
        # Never given for the asking: see identity.rules.TWO_FACTOR.
        "two_factor": "以两步验证后的身份办理工作业务",
    },
    "DEFAULT_SCOPES": ["api"],
    "PKCE_REQUIRED": True,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 86_400,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http", "tongban"],
    "ALLOW_LOCALHOST_LOOPBACK": True,
    "REQUEST_APPROVAL_PROMPT": "auto",
    # The issuer is one, whatever proxy or host name a request came by (RFC 8414, RFC 9207).
    "OIDC_ISS_ENDPOINT": PUBLIC_URL.rstrip("/"),
    "OAUTH2_SERVER_CLASS": "schema.identity.oauth.Server",
    "OAUTH2_VALIDATOR_CLASS": "schema.identity.oauth.Validator",
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "client_credentials", "refresh_token"],
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    **{
        f"COMPLIANT_BCP_RFC9700_{gate}": True
        for gate in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}
CORS_ALLOWED_ORIGINS = listed("TONGBAN_CORS_ORIGINS")
CORS_ALLOW_HEADERS = [
    *(*default_headers, "content-encoding", "graphql-require-preflight", "if-none-match"),
    *("tus-resumable", "upload-length", "upload-metadata", "upload-offset"),
]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Retry-After"),
    *("Location", "Tus-Resumable", "Upload-Expires", "Upload-Length", "Upload-Offset"),
]

STORED_OPERATIONS = PROJECT / "frontend_contract" / "manifest.json"
STORED_OPERATIONS_ONLY = flag("TONGBAN_STORED_OPERATIONS_ONLY")
"""Whether the API executes nothing but the documents that ship in ``frontend_contract/``."""
RATE_ANONYMOUS = environment.rate("TONGBAN_RATE_ANONYMOUS", "50/300")
"""Requests per second in the long run / at once, per address; many people may share one."""
RATE_ACTOR = environment.rate("TONGBAN_RATE_ACTOR", "50/300")
RATE_SENSITIVE = environment.rate("TONGBAN_RATE_SENSITIVE", "0.2/20")
"""Of operations that invite guessing, per address and operation."""
RATE_REVEAL = environment.rate("TONGBAN_RATE_REVEAL", "0.05/60")
"""Of data of people shown unmasked, per member over all processes: a window's work, and no reading
of a register."""
RATE_SIGN_IN = environment.rate("TONGBAN_RATE_SIGN_IN", "2/100")
"""Of passwords and machines' secrets, per address: each costs a fifth of a second to check."""
TRUSTED_PROXIES = listed("TONGBAN_TRUSTED_PROXIES") or ["", "127.0.0.1", "::1"]
"""Addresses whose X-Forwarded-For is believed; an empty one is a Unix socket."""
LIVE_INIT_SECONDS = environment.seconds("TONGBAN_LIVE_INIT_SECONDS", 10)
"""How long a socket may be open before it says whose it is."""
LIVE_SOCKETS_PER_ACTOR = environment.whole_number("TONGBAN_LIVE_SOCKETS_PER_ACTOR", 20)
LIVE_SUBSCRIPTIONS_PER_SOCKET = environment.whole_number(
    "TONGBAN_LIVE_SUBSCRIPTIONS_PER_SOCKET", 20
)
LIVE_SUBSCRIBE_RATE = environment.rate("TONGBAN_LIVE_SUBSCRIBE_RATE", "10/400")
"""Subscriptions begun per second in the long run / at once, per account or machine."""
LIVE_BACKLOG = environment.whole_number("TONGBAN_LIVE_BACKLOG", 256)
"""How many events a subscriber may lag behind before it is told to resume from its cursor."""
METRICS_TOKEN = environment.optional("TONGBAN_METRICS_TOKEN", "")

environment.refuse_unknown()  # after the last of them was read
