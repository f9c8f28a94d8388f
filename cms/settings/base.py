"""Settings common to every environment. Values that differ come from cms.env."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DEBUG = False

INSTALLED_APPS = [
    "cms",
    "approvals",
    "frontend_api",
    "site_pages",
    "wagtail.contrib.simple_translation",
    "approvals.wagtail_users.UsersConfig",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.embeds",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
AUTH_USER_MODEL = "cms.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "cms.request_id.RequestIdMiddleware",
    "frontend_api.file_guesses.FileGuessesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "cms.unreadable_addresses.UnreadableAddressesMiddleware",
    "cms.held_ledger.HeldLedgerMiddleware",
    "cms.closed_doors.ClosedDoorsMiddleware",
    "site_pages.access.middleware.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]
# The public process knows no sessions, no accounts and no forms.
PUBLIC_MIDDLEWARE = [
    "cms.request_id.RequestIdMiddleware",
    "frontend_api.file_guesses.FileGuessesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth starts with it only; here it has nothing to do
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Ten wrong passwords or codes for one name from one address shut that pair out for fifteen minutes.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "cms.client_address.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential"]
TRUSTED_PROXY_COUNT = 0
# Who decides needs a second factor (approvals.policy, approvals.second_factor). jarchy.E010 refuses production without.
SECOND_FACTOR_REQUIRED = True
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "cms.sign_in.password_reset.PasswordResetForm"  # noqa: S105
# allauth keeps and checks second factors; it opens no accounts, sends no mail and shows no screen of its own.
ACCOUNT_ADAPTER = "cms.sign_in.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
# Wrong codes are counted by django-axes (cms.sign_in.forms); this one holds for an account wherever they come from.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/15m/key"}
ACCOUNT_LOGIN_TIMEOUT = 5 * 60  # between password and code
MFA_ADAPTER = "cms.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "cms.sign_in.forms.CodeForm",
    "authenticate_webauthn": "cms.sign_in.forms.PasskeyForm",
    "reauthenticate": "cms.sign_in.forms.CodeAgainForm",
    "reauthenticate_webauthn": "cms.sign_in.forms.PasskeyAgainForm",
    "activate_totp": "cms.sign_in.forms.FirstCodeForm",
    "add_webauthn": "cms.sign_in.forms.NewPasskeyForm",
}
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is up to half a minute wrong; a code still works once
MFA_RECOVERY_CODES_SHOW_ONCE = True
# The host to which passkeys belong; empty: the host of the request, on one machine only.
WEBAUTHN_RP_ID = ""
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False  # Wagtail's scripts read it
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows previews in a frame of its own
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-inline'"],  # Wagtail's admin writes inline scripts
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
    }
}
ROOT_URLCONF = "cms.urls.editorial"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "ky"
LANGUAGES = [("ky", "Кыргызча"), ("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "cms" / "locale", BASE_DIR / "cms" / "wagtail_locale"]
TIME_ZONE = "Asia/Bishkek"
# One clock for the whole office: forms and screens say “time of Bishkek”, whoever looks at them from wherever.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
FORMAT_MODULE_PATH = ["cms.formats"]
USE_I18N = True
USE_TZ = True

STORAGES = {
    "default": {"BACKEND": "site_pages.storage.OriginalsStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
# Files of drafts are private: the storage has no public address (docs/architecture.md, "Files").
MEDIA_ROOT = BASE_DIR / "var" / "media"
MEDIA_URL = "/media/"
# What the public process may write: guesses at addresses of files, counted for the worker (frontend_api.file_guesses).
ALARMS_ROOT = BASE_DIR / "var" / "alarms"
FILE_GUESSES_PER_MINUTE = 20
FILE_GUESSES_OF_ALL_PER_MINUTE = 300
# Where nginx keeps what is served, for itself alone; without it the process sends the bytes (docs/operations.md).
FILES_INTERNAL_LOCATION = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

WAGTAIL_SITE_NAME = "Жарчы"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1:8000"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_FINISH_WORKFLOW_ACTION = "approvals.finishing.finish"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILIMAGES_IMAGE_MODEL = "site_pages.Photo"
WAGTAILIMAGES_IMAGE_FORM_BASE = "site_pages.pictures.PhotoForm"
WAGTAILDOCS_DOCUMENT_MODEL = "site_pages.PressFile"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "site_pages.press_files.PressFileForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 40 * 1024 * 1024
PRESS_FILE_MAX_BYTES = 40 * 1024 * 1024
# Drafts are searched in the database; only published documents reach Elasticsearch (frontend_api.search).
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
DEMO_OFFICE_ALLOWED = False

# Without a mail server notices are written and wait (approvals.notices).
EMAIL_HOST = ""
EMAIL_PORT = 25
EMAIL_HOST_USER = ""
EMAIL_HOST_PASSWORD = ""
EMAIL_USE_TLS = False
EMAIL_USE_SSL = False
DEFAULT_FROM_EMAIL = "jarchy@localhost"
NOTICE_TIMEOUT_SECONDS = 10
EMAIL_TIMEOUT = NOTICE_TIMEOUT_SECONDS
# Requests to other people's servers (frontend_api.outgoing): webhooks, and the cache that is to be emptied.
OUTGOING_TIMEOUT_SECONDS = 5
OUTGOING_PRIVATE_ADDRESSES = False
CACHE_PURGE_URL = ""
# The file in which the worker writes down what was taken down, kept where the backups are; empty: none is kept.
CLOSINGS_JOURNAL = ""

PUBLIC_BASE_URL = "http://127.0.0.1:8001"
# How long front ends may keep an answer: what is closed is closed everywhere within five seconds. Nothing is submitted
# whose time is nearer than that.
CACHE_SECONDS = 4
# Where a document is when it is public: whoever had early access is sent there, and subscribers are told it.
PUBLIC_DOCUMENT_PATH = "/api/v1/documents/{content_id}?locale={locale}"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jarchy",
    "DESCRIPTION": "Published documents of the press office, exactly as they were cleared.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_URLCONF": "cms.urls.public",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["frontend_api.schemas.add_components"],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}
