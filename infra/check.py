"""Style, types, layers and drift: every step that must hold before a commit, side by side.

infra/check          all steps
infra/check --fix    lets ruff mend what it can first
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
TOOLS = PROJECT / ".venv" / "bin"

# Settings want these to exist; no step connects to a database.
ENVIRONMENT = {
    **{name: text for name, text in os.environ.items() if not name.startswith("TONGBAN_")},
    "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
    "TONGBAN_SECRET_KEY": "check" * 12,
    "TONGBAN_KEYS": "check:AAECAwQFBgcICQoLDA0ODw==",
    "TONGBAN_APPLICANT_HASH_KEY": "check" * 12,
    "TONGBAN_DATABASE_URL": "postgresql://check_app:check@/check?host=none",
    "PYTHONPATH": f"{PROJECT / 'platform'}{os.pathsep}{PROJECT}",
}

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("mypy", ("mypy",)),
    ("ruff check", ("ruff", "check", "--quiet", "--output-format", "concise")),
    ("ruff format", ("ruff", "format", "--check", "--quiet", "--output-format", "concise")),
    ("import-linter", ("lint-imports", "--no-logo")),
    ("migrations", ("python", "infra/migrations.py")),
    ("contract", ("python", "infra/contract.py", "--check")),
)


def main() -> int:
    """Run the steps, two at a time, and return how many failed."""
    if "--fix" in sys.argv:
        _run("ruff", ("ruff", "check", "--fix", "--quiet"))
        _run("ruff", ("ruff", "format", "--quiet"))
    # mypy takes as long as the others together, so it has one core to itself.
    with ThreadPoolExecutor(2) as pool:
        failures = sum(pool.map(lambda step: _run(*step), STEPS))
    print("检查未通过" if failures else "检查通过", flush=True)
    return failures


def _run(name: str, command: tuple[str, ...]) -> bool:
    started = time.perf_counter()
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]],
        cwd=PROJECT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mark = "✗" if done.returncode else "✓"
    report = f"{mark} {name}（{time.perf_counter() - started:.1f} 秒）"
    print(f"{report}\n{done.stdout.strip()}" if done.returncode else report, flush=True)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
