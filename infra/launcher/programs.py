"""Which processes an installation runs, and the configuration of its front."""

from dataclasses import dataclass

from infra import postgres
from infra.launcher.installation import PYTHON, Installation, Secrets
from infra.launcher.supervision import Program, Supervisor

DATABASE = "database"
_WEB_WORKERS = 2
_WEB_THREADS = 8


@dataclass(frozen=True, slots=True)
class Address:
    """Where the front listens, and how people reach it."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether only this machine is served."""
        return self.host in {"localhost", "127.0.0.1"}

    @property
    def url(self) -> str:
        """The URL of the start page."""
        return f"http://{self.host}:{self.port}"

    @property
    def listens_on(self) -> str:
        """The network address that is bound."""
        return "127.0.0.1" if self.is_local else "0.0.0.0"  # noqa: S104 # asked for by --host

    @property
    def hosts(self) -> str:
        """The host names that the API answers to."""
        return ",".join(dict.fromkeys((self.host, "localhost", "127.0.0.1", "[::1]")))


def of(installation: Installation, kept: Secrets, address: Address) -> list[Program]:
    """Return the processes in the order in which they start."""
    first = [_database(installation)] if installation.is_embedded else []
    sockets = Supervisor(installation).socket_folder
    app, provisioner = (
        installation.environment(kept, login=login, url=address.url, hosts=address.hosts)
        for login in ("app", "provisioner")
    )
    python, manage = str(PYTHON), ("-m", "tongban.config.command")
    return [
        *first,
        Program("provisioner", (python, *manage, "provision"), provisioner),
        Program("worker", (python, *manage, "worker"), app),
        Program("live", (python, *manage, "live", "--uds", f"{sockets}/live"), app),
        Program("web", (python, "-m", "gunicorn", "schema.wsgi:application",
                        "--bind", f"unix:{sockets}/web", "--workers", str(_WEB_WORKERS),
                        "--threads", str(_WEB_THREADS), "--preload", "--max-requests", "20000",
                        "--max-requests-jitter", "2000"), app),
        Program("front", (str(PYTHON.with_name("caddy")), "run", "--adapter", "caddyfile",
                          "--config", str(installation.run_folder / "Caddyfile")),
                installation.bare_environment()),
    ]  # fmt: skip


def _database(installation: Installation) -> Program:
    cluster = postgres.prepare(installation.database_folder)
    return Program(
        DATABASE,
        tuple(postgres.command(cluster)),
        installation.bare_environment(),
        starts_at_once=True,
        stop_signal="INT",
        user=postgres.server_user(),
    )


def write_front(installation: Installation, address: Address) -> None:
    """Write Caddy's configuration: WebSockets to ``live``, everything else to ``web``.

    It compresses scripts and styles; answers are compressed by ``web``, which pads them (BREACH).
    What a body has up to 2 MiB it waits for (``schema.rates``): a slow line holds no thread of
    ``web`` meanwhile.
    """
    sockets = Supervisor(installation).socket_folder
    installation.run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (installation.run_folder / "Caddyfile").write_text(
        f"""{{
  admin off
  auto_https off
  persist_config off
  storage file_system {installation.run_folder}/caddy
  log {{
    level WARN
  }}
}}
http://:{address.port} {{
  bind {address.listens_on}
  @assets path /start/* /graphiql/*
  encode @assets zstd gzip
  @live header_regexp Upgrade (?i)^websocket$
  handle @live {{
    reverse_proxy unix/{sockets}/live
  }}
  handle {{
    request_body {{
      max_size 128MB
    }}
    reverse_proxy unix/{sockets}/web {{
      request_buffers 2MiB
    }}
  }}
}}
"""
    )
