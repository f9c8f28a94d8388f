"""Production: everything that differs comes from the environment, and what is missing stops the process."""

from urllib.parse import urlsplit

from cms.env import read_environment
from cms.settings.base import *  # noqa: F403
from cms.settings.base import PUBLIC_MIDDLEWARE
from cms.settings.databases import database
from cms.settings.logs import logging_settings
from cms.settings.mail import mail_server

ENV = read_environment()
IS_PUBLIC = ENV.JARCHY_PROCESS == "public"

SECRET_KEY = ENV.SECRET_KEY.get_secret_value()
ALLOWED_HOSTS = ENV.hosts
DATABASES = {"default": database(ENV.DATABASE_URL.get_secret_value(), embedded=ENV.MEDIA_ROOT)}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    # A process that stands still in mid-transaction holds the ledger, and with it the switch: the database ends that
    # before those who wait have given up.
    "options": f"-c statement_timeout={5_000 if IS_PUBLIC else 60_000} -c lock_timeout=10000"
    f" -c idle_in_transaction_session_timeout={8_000 if ENV.JARCHY_PROCESS == 'worker' else 30_000}",
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": ENV.REDIS_URL.get_secret_value(),
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1, "IGNORE_EXCEPTIONS": True},
    }
}
if IS_PUBLIC:
    ROOT_URLCONF = "cms.urls.public"
    MIDDLEWARE = PUBLIC_MIDDLEWARE
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

ELASTICSEARCH_URL = ENV.ELASTICSEARCH_URL
SEARCH_TIMEOUT_SECONDS = ENV.SEARCH_TIMEOUT_SECONDS
CACHE_SECONDS = ENV.CACHE_SECONDS
SEARCH_INDEX_PREFIX = ENV.SEARCH_INDEX_PREFIX
MEDIA_ROOT = ENV.MEDIA_ROOT
ALARMS_ROOT = ENV.ALARMS_ROOT
FILES_INTERNAL_LOCATION = ENV.FILES_INTERNAL_LOCATION
WAGTAILADMIN_BASE_URL = ENV.EDITORIAL_BASE_URL
PUBLIC_BASE_URL = ENV.PUBLIC_BASE_URL
if not IS_PUBLIC:
    globals().update(mail_server(ENV.EMAIL_URL.get_secret_value()))
DEFAULT_FROM_EMAIL = ENV.EMAIL_FROM
NOTICE_TIMEOUT_SECONDS = EMAIL_TIMEOUT = ENV.NOTICE_TIMEOUT_SECONDS
OUTGOING_TIMEOUT_SECONDS = ENV.OUTGOING_TIMEOUT_SECONDS
OUTGOING_PRIVATE_ADDRESSES = ENV.OUTGOING_PRIVATE_ADDRESSES
CACHE_PURGE_URL = ENV.CACHE_PURGE_URL
CLOSINGS_JOURNAL = ENV.CLOSINGS_JOURNAL

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_SSL_REDIRECT = False  # nginx does it; health checks come by plain HTTP from inside
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [ENV.EDITORIAL_BASE_URL]
SECOND_FACTOR_REQUIRED = True
WEBAUTHN_RP_ID = urlsplit(ENV.EDITORIAL_BASE_URL).hostname
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
TRUSTED_PROXY_COUNT = ENV.TRUSTED_PROXY_COUNT
LOGGING = logging_settings(level=ENV.LOG_LEVEL)
STORAGES = {
    "default": {"BACKEND": "site_pages.storage.OriginalsStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
