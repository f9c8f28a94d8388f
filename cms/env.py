"""The environment of a production process, typed; everything that is missing or malformed is said at once."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cms.settings.mail import mail_server


class Environment(BaseSettings):
    """What a process reads from its environment; any name may also be NAME in the folder /run/secrets."""

    model_config = SettingsConfigDict(
        case_sensitive=True, extra="ignore", secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None
    )

    JARCHY_PROCESS: Literal["editorial", "public", "worker"]
    SECRET_KEY: SecretStr = Field(min_length=40)
    DATABASE_URL: SecretStr
    ELASTICSEARCH_URL: str = Field(pattern=r"^https?://")
    REDIS_URL: SecretStr
    ALLOWED_HOSTS: str = Field(min_length=1)
    EDITORIAL_BASE_URL: str = Field(pattern=r"^https://[^/]+$")
    PUBLIC_BASE_URL: str = Field(pattern=r"^https://[^/]+$")
    MEDIA_ROOT: Path
    ALARMS_ROOT: Path = Path("/srv/alarms")
    FILES_INTERNAL_LOCATION: str = Field(default="", pattern=r"^(/[a-z0-9-]+/)?$")
    TRUSTED_PROXY_COUNT: int = Field(default=1, ge=0, le=5)
    SEARCH_TIMEOUT_SECONDS: float = Field(default=2.0, gt=0, le=30)
    CACHE_SECONDS: int = Field(default=4, ge=1, le=60)
    SEARCH_INDEX_PREFIX: str = Field(default="jarchy", pattern=r"^[a-z][a-z0-9-]{0,30}$")
    EMAIL_URL: SecretStr = SecretStr("")
    EMAIL_FROM: str = Field(default="jarchy@localhost", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    NOTICE_TIMEOUT_SECONDS: float = Field(default=10.0, gt=0, le=60)
    OUTGOING_TIMEOUT_SECONDS: float = Field(default=5.0, gt=0, le=15)
    OUTGOING_PRIVATE_ADDRESSES: bool = False
    CACHE_PURGE_URL: str = Field(default="", pattern=r"^(https?://[^/\s]+(/\S*)?)?$")
    CLOSINGS_JOURNAL: str = Field(default="", pattern=r"^(/.+)?$")
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("DATABASE_URL")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("postgres://", "postgresql://")):
            raise ValueError("must be the address of a PostgreSQL database: postgres://…")
        return value

    @field_validator("EMAIL_URL")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr) -> SecretStr:
        mail_server(value.get_secret_value())
        return value

    @property
    def hosts(self) -> list[str]:
        """ALLOWED_HOSTS as a list; names are separated by commas."""
        return [host.strip() for host in self.ALLOWED_HOSTS.split(",") if host.strip()]


def read_environment() -> Environment:
    """The environment of this process. Exits with one line per missing or malformed name; no value is shown."""
    try:
        return Environment()
    except ValidationError as error:
        lines = [f"  {problem['loc'][0]}: {_in_words(problem)}" for problem in error.errors()]
        raise SystemExit("Jarchy cannot start; the environment lacks:\n" + "\n".join(sorted(lines))) from None


def _in_words(problem) -> str:
    return "not set" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
