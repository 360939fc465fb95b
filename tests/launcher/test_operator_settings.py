"""What is set for ``./infra/up`` reaches its processes, and what is no setting is refused."""

import json
import re
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from infra.launcher import programs
from infra.launcher.installation import PYTHON, Installation, SettingError
from infra.launcher.programs import Address
from infra.launcher.supervision import Supervisor
from tests.database import PROJECT
from tongban.config import environment

ADDRESS = Address("localhost", 8000)
SHOW = "import json, os, sys, time; open(sys.argv[1], 'w').write(json.dumps(dict(os.environ)))"
OWN = {
    *("TONGBAN_SECRET_KEY", "TONGBAN_KEYS", "TONGBAN_APPLICANT_HASH_KEY", "TONGBAN_DATABASE_URL"),
    *("TONGBAN_REAL_DATABASE", "TONGBAN_HOME"),
}


def installation(home: Path, **settings: str) -> Installation:
    return Installation(
        home=home, database_url="postgresql://postgres:x@/tongban?host=none", settings=settings
    )


def of(made: Installation) -> dict[str, str]:
    kept = made.ensure_secrets()
    return made.environment(kept, login="app", url=ADDRESS.url, hosts=ADDRESS.hosts)


def test_every_setting_there_is_reaches_every_process_of_ours(tmp_path):
    settings = {name: f"{name} 权力清单 100%(x)s \\a=b,c" for name in environment.known() - OWN}
    assert len(settings) > 30
    made = installation(tmp_path, **settings)
    supervisor = Supervisor(made)
    todo = [
        replace(found, command=(str(PYTHON), "-c", f"{SHOW}; time.sleep(60)",
                                str(tmp_path / f"{found.name}.seen")))
        for found in programs.of(made, made.ensure_secrets(), ADDRESS)
    ]  # fmt: skip
    try:
        supervisor.start(todo)
        for program in todo:
            supervisor.start_program(program.name)
        seen = {program.name: _seen(tmp_path / f"{program.name}.seen") for program in todo}
    finally:
        supervisor.stop()
    assert set(seen) == {"provisioner", "worker", "live", "web", "front"}
    for name, variables in seen.items():
        passed = {key: text for key, text in variables.items() if key in settings}
        assert passed == ({} if name == "front" else settings), name


def _seen(file: Path) -> dict[str, str]:
    deadline = time.monotonic() + 20
    while True:
        try:
            found: dict[str, str] = json.loads(file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return found


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("TONGBAN_SMS_ULR", "x-secret", "did you mean TONGBAN_SMS_URL?"),
        ("TONGBAN_SMS_URL", "https://me:x-secret@gateway/", "TONGBAN_SMS_URL is an address"),
        ("TONGBAN_STAFF_SECOND_FACTOR", "true", "TONGBAN_STAFF_SECOND_FACTOR is 1 or 0"),
        ("TONGBAN_RATE_REVEAL", "60", "TONGBAN_RATE_REVEAL is a rate like 0.05/60"),
        ("TONGBAN_LIVE_INIT_SECONDS", "nan", "TONGBAN_LIVE_INIT_SECONDS is a number of seconds"),
        ("TONGBAN_DEBUG", "1", "never beside TONGBAN_REAL_DATABASE=1"),
        ("TONGBAN_KEYS", "k:x-secret", "TONGBAN_KEYS 由 ./infra/up 自己决定"),
        ("TONGBAN_SMS_TOKEN", 'x-secret"', "TONGBAN_SMS_TOKEN 的值不能含引号"),
    ],
)
def test_what_is_no_setting_is_refused_before_anything_starts(tmp_path, name, text, said):
    made = installation(tmp_path, **{name: text})
    with pytest.raises(SettingError) as refused:
        made.refuse_wrong_settings(of(made))
    assert said in str(refused.value)
    assert "x-secret" not in str(refused.value)


def test_settings_as_they_should_be_are_taken(tmp_path):
    made = installation(
        tmp_path, TONGBAN_SMS_URL="https://gateway/send", TONGBAN_PUBLIC_URL="https://hall.example"
    )
    made.refuse_wrong_settings(of(made))
    assert of(made)["TONGBAN_PUBLIC_URL"] == "https://hall.example"


def test_a_command_beside_the_processes_knows_what_they_were_started_with(tmp_path):
    installation(
        tmp_path, TONGBAN_SMS_TOKEN="t", TONGBAN_RETENTION_MESSAGE_DAYS="200"
    ).keep_settings()
    later = installation(tmp_path, TONGBAN_RETENTION_MESSAGE_DAYS="400").with_kept_settings()
    assert of(later)["TONGBAN_SMS_TOKEN"] == "t"
    assert of(later)["TONGBAN_RETENTION_MESSAGE_DAYS"] == "400"
    assert stat.S_IMODE(later.settings_file.stat().st_mode) == 0o600
    shutil.rmtree(tmp_path)
    assert installation(tmp_path).with_kept_settings() == installation(tmp_path)


def test_documents_name_only_settings_that_exist():
    texts = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    named = {
        name for file in texts for name in re.findall(r"TONGBAN_[A-Z_]*[A-Z]\b", file.read_text())
    }
    assert len(named) > 20
    assert named <= environment.known()
