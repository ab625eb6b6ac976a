"""What shapes the running program: environment variables with the prefix KB_, or kb.toml beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.web_address import OWN, keeps_secrets, origin_of, path_below
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar, read_calendar
from kb.errors import SettingError
from kb.index.manifest import StoreName
from kb.index.milvus_connection import MilvusAddress
from kb.index.reranker import Reranker
from kb.model_folder import CONFIG
from kb.writing.language_model import LanguageModel

if TYPE_CHECKING:
    from kb.reading.reader import Reader

LEAST_AUDIT_DAYS = 184
"""Logs of a network are kept for six months at the least (网络安全法, as of 2017, article 21)."""


_PREFIX = "KB_"
_ALIKE = 0.7  # of difflib's measure from which a name is taken for another one that was meant
OTLP_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class Settings(BaseSettings):
    """`encoder` is `embedded`, or the name or folder of a sentence-transformers model; `reranker` is `reader`, or the
    name or folder of a CrossEncoder, or nothing; `reader` the folder of a reader in the form of `kb/models/reader`, or
    nothing for that one; `holidays` the file with the published holidays (`kb/calendar.py`), or nothing.

    `database_url` names where the service keeps conversations; without it, a SQLite file beside the index.
    `concurrent_answers` are worked on at once, one a processor where it is 0; whoever would wait longer than
    `longest_wait` seconds for a turn is told to come back. `requests_a_minute` are answered to one address, as many as
    wanted where it is 0. A request is given up whose head takes longer than `head_seconds`, its body longer than
    `body_seconds` without much of it coming; a job after `job_seconds`. A proxy that serves below a path, which it
    strips, tells it with every request, or `root_path` tells it for all. Pages of the sites that `embed_origins` name
    may hold the question box in a frame; none where it is empty. The audit record is kept for `audit_days`, for good
    where it is 0. With `log_requests` every request and error is a line of JSON on standard error. `otlp_endpoint` is
    the address of a collector of OpenTelemetry that spans are sent to; its variable has the name that all programs
    share, OTEL_EXPORTER_OTLP_ENDPOINT. With `store` "milvus" words and vectors are kept at `milvus_uri`, in collections
    whose names begin with `milvus_prefix`, one for each index that shares it; a search is given up after
    `milvus_seconds`. `kb ingest` reads and encodes on the Ray cluster at `ingest_cluster`: `auto`, HOST:PORT or
    ray://HOST:PORT; on this machine where it is empty. With `llm_base_url` (the address of an OpenAI-compatible server,
    ending in /v1) and `llm_model` answers are written by that model, each sentence checked. With `oidc_issuer` and
    `oidc_client_id` staff may enter by that provider of OpenID Connect, which sends them back to `oidc_public_url`, the
    address that people open the service by; the claim `oidc_claim` names their account here, and `oidc_label` is what
    the button says.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, toml_file="kb.toml", extra="forbid", frozen=True)

    index_dir: Path = Path("index")
    benefits_dir: Path = Path("corpus/benefits")
    encoder: str = "embedded"
    reranker: str = ""
    reader: str = ""
    database_url: str = ""
    holidays: Path | None = None
    concurrent_answers: Annotated[int, Field(ge=0, le=256)] = 0
    longest_wait: Annotated[float, Field(gt=0, le=600)] = 4.0
    requests_a_minute: Annotated[int, Field(ge=0)] = 1200
    head_seconds: Annotated[float, Field(gt=0, le=600)] = 15.0
    body_seconds: Annotated[float, Field(gt=0, le=3600)] = 20.0
    log_requests: bool = False
    otlp_endpoint: Annotated[str, Field(validation_alias=AliasChoices(OTLP_ENDPOINT, "otlp_endpoint"))] = ""
    job_seconds: Annotated[float, Field(gt=0)] = 1800.0
    root_path: str = ""
    embed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    audit_days: Annotated[int, Field(ge=0, le=36_500)] = 1095
    store: StoreName = "local"
    milvus_uri: str = ""
    milvus_token: SecretStr = SecretStr("")
    milvus_prefix: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")] = "kb"
    milvus_seconds: Annotated[float, Field(gt=0, le=600)] = 5.0
    ingest_cluster: Annotated[str, Field(pattern=r"^(auto|(ray://)?[^\s/:]+:\d{1,5})?$")] = ""
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: SecretStr = SecretStr("")
    oidc_issuer: str = ""
    oidc_client_id: Annotated[str, Field(pattern=r"^[!-~]{0,200}$")] = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_public_url: str = ""
    oidc_claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:./-]{1,100}$")] = "preferred_username"
    oidc_label: Annotated[str, Field(min_length=1, max_length=30)] = "统一身份认证登录"

    @model_validator(mode="after")
    def _model_is_whole(self) -> Self:
        if bool(self.llm_base_url) != bool(self.llm_model):
            raise SettingError.of("setting_pair", one="KB_LLM_BASE_URL", other="KB_LLM_MODEL")
        if self.llm_base_url and not self.llm_base_url.startswith(("http://", "https://")):
            raise SettingError.of(
                "setting_no_address",
                name="KB_LLM_BASE_URL",
                shown=self.llm_base_url,
                example="http://127.0.0.1:8080/v1",
            )
        if self.store == "milvus" and not self.milvus_uri:
            raise SettingError.of("setting_milvus_nowhere", field="milvus_uri")
        return self

    @field_validator("otlp_endpoint")
    @classmethod
    def _collector_has_an_address(cls, given: str) -> str:
        if given and not given.startswith(("http://", "https://")):
            example = "http://127.0.0.1:4318"
            raise SettingError.of(
                "setting_no_address", field=OTLP_ENDPOINT, name=OTLP_ENDPOINT, shown=given, example=example
            )
        return given

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        for name in ("oidc_client_id", "oidc_public_url"):
            if bool(self.oidc_issuer) != bool(getattr(self, name)):
                raise SettingError.of("setting_pair", one="KB_OIDC_ISSUER", other=f"KB_{name}".upper())
        if self.oidc_client_secret.get_secret_value() and not self.oidc_issuer:
            raise SettingError.of("setting_pair", one="KB_OIDC_ISSUER", other="KB_OIDC_CLIENT_SECRET")
        return self

    @field_validator("oidc_client_secret")
    @classmethod
    def _client_secret_can_be_sent(cls, given: SecretStr) -> SecretStr:
        if not given.get_secret_value().isascii():
            raise SettingError.of("setting_oidc_secret", field="KB_OIDC_CLIENT_SECRET")
        return given

    @field_validator("oidc_issuer", "oidc_public_url")
    @classmethod
    def _login_keeps_its_secrets(cls, given: str, info: ValidationInfo) -> str:
        name = f"KB_{info.field_name}".upper()
        if given and (not keeps_secrets(given) or "?" in given):
            raise SettingError.of("setting_oidc_address", field=name, name=name, shown=given)
        return given

    @field_validator("root_path")
    @classmethod
    def _root_path_is_one(cls, given: str) -> str:
        path = path_below(given)
        if path is None:
            raise SettingError.of("setting_no_root_path", field="KB_ROOT_PATH", shown=given, own=", ".join(sorted(OWN)))
        return path

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _origins_are_some(cls, given: object) -> tuple[str, ...]:
        """Take a list, or, as a variable of the environment has it, origins with commas or blanks between them."""
        named = re.split(r"[,\s]+", given.strip()) if isinstance(given, str) else given
        if not isinstance(named, list | tuple):
            raise SettingError.of("setting_no_origin", field="KB_EMBED_ORIGINS", shown=given)
        origins = [(one, origin_of(str(one))) for one in named if one != ""]
        for one, origin in origins:
            if origin is None:
                raise SettingError.of("setting_no_origin", field="KB_EMBED_ORIGINS", shown=one)
        return tuple(dict.fromkeys(origin for _, origin in origins if origin is not None))

    @model_validator(mode="after")
    def _audit_is_kept_long_enough(self) -> Self:
        if 0 < self.audit_days < LEAST_AUDIT_DAYS:
            raise SettingError.of(
                "audit_days_few", field="KB_AUDIT_DAYS", shown=self.audit_days, least=LEAST_AUDIT_DAYS
            )
        return self

    def milvus(self) -> MilvusAddress | None:
        """Give where the words and vectors of the index are, if in Milvus."""
        if self.store == "local":
            return None
        token = self.milvus_token.get_secret_value()
        return MilvusAddress(self.milvus_uri, token, self.milvus_prefix, self.milvus_seconds)

    def open_reranker(self) -> Reranker | None:
        """Open the reranker that is configured, if any."""
        if not self.reranker:
            return None
        from kb.reading.reader_reranker import reranker_named

        return reranker_named(self.reranker, self.open_reader)

    def reader_folder(self) -> str:
        """Give the folder of the reader that is configured, if any; raise SettingError where it holds none."""
        if self.reader and not (Path(self.reader) / CONFIG).is_file():
            raise SettingError.of("reader_folder_empty", field="reader", shown=self.reader, file_name=CONFIG)
        return self.reader

    def open_reader(self) -> Reader:
        """Open the reader that is configured, or the embedded one; raise SettingError where the folder holds none,
        ModelError where it holds a damaged one."""
        from kb.reading.reader import Reader

        return Reader.open(self.reader_folder())

    def calendar(self) -> WorkingCalendar:
        """Read the calendar of holidays that is configured; of none where there is none."""
        return read_calendar(self.holidays) if self.holidays else UNKNOWN_CALENDAR

    def language_model(self) -> LanguageModel | None:
        """Open the language model that is configured, if any."""
        if not self.llm_base_url:
            return None
        from kb.writing.language_model import ServedModel

        return ServedModel(self.llm_base_url, self.llm_model, self.llm_api_key.get_secret_value())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over kb.toml; pydantic-settings calls it."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(index_dir: Path | None = None) -> Settings:
    """Read the settings; an option of the command line wins over KB_INDEX_DIR. Raises SettingError, also for a name
    that is none."""
    _refuse_misspelled(os.environ)
    try:
        return Settings(index_dir=index_dir) if index_dir else Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise _unknown(f"{field} in kb.toml", field, _nearest(field)) from error
        name = field if field == OTLP_ENDPOINT else f"KB_{field}".upper()
        known = Settings.model_fields.get(field)
        shown = "…" if known is not None and known.annotation is SecretStr else first["input"]
        raise SettingError.of("setting_unusable", field=name, name=name, shown=shown, cause=first["msg"]) from error
    except (OSError, ValueError) as error:
        raise SettingError.of("settings_file_broken", file="kb.toml", cause=error) from error


def _refuse_misspelled(environment: Mapping[str, str]) -> None:
    """Raise SettingError for a variable that is nearly one of ours: it would be thought to hold. Others may begin
    alike, as those that Kubernetes makes of the name of a service."""
    for name in environment:
        field = name.removeprefix(_PREFIX).lower()
        if name.startswith(_PREFIX) and field not in Settings.model_fields and (nearest := _nearest(field)):
            raise _unknown(name, name, nearest)


def _unknown(shown: str, field: str, nearest: str) -> SettingError:
    if nearest:
        return SettingError.of("setting_misspelled", field=field, shown=shown, nearest=f"{_PREFIX}{nearest}".upper())
    known = ", ".join(sorted(Settings.model_fields))
    return SettingError.of("setting_unknown", field=field, shown=shown, known=known)


def _nearest(field: str) -> str:
    """Give the setting whose name is most like this one; nothing where none is.

    >>> _nearest("databse_url"), _nearest("service_host")
    ('database_url', '')
    """
    return next(iter(get_close_matches(field.lower(), Settings.model_fields, 1, _ALIKE)), "")
