"""What shapes the running program: environment variables with the prefix KB_, or kb.toml beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from kb.errors import SettingError


class Settings(BaseSettings):
    """`encoder` is `embedded`, or the name or folder of a sentence-transformers model."""

    model_config = SettingsConfigDict(env_prefix="KB_", toml_file="kb.toml", extra="ignore", frozen=True)

    index_dir: Path = Path("index")
    encoder: str = "embedded"
    store: Literal["local"] = "local"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(index_dir: Path | None = None) -> Settings:
    """Read the settings; an option of the command line wins over KB_INDEX_DIR. Raises SettingError."""
    try:
        return Settings(index_dir=index_dir) if index_dir else Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"KB_{first['loc'][0]}".upper()
        raise SettingError(f"{name}: {first['input']!r} cannot be used: {first['msg']}", field=name) from error
    except (OSError, ValueError) as error:
        raise SettingError(f"kb.toml: {error}") from error
