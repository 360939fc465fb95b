"""Large files in parts: writers that meet, whoever is killed on the way, and handing in once."""

import io
from functools import partial

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import uploads
from tests import handing, people
from tests.casework import COUNTY, Desk
from tests.concurrency.test_case_races import race
from tests.concurrency.test_clock_races import die
from tongban.kernel.context import center_context

PART = uploads.PART
WHOLE = handing.PDF + b"".join(bytes([n]) * PART for n in range(4))


@pytest.fixture
def desk(committed_db):
    return Desk()


def begin(desk, actor=None):
    with center_context(COUNTY):
        return uploads.begin_upload(
            actor=actor or desk.clerk, length=len(WHOLE), filename="图纸.pdf", now=desk.now
        ).pk


def write(desk, upload, content=WHOLE, offset=0, actor=None):
    with center_context(COUNTY):
        return uploads.append_to_upload(
            actor=actor or desk.clerk,
            upload_id=upload,
            offset=offset,
            read=io.BytesIO(content).read,
            now=desk.now,
        ).offset


def content_of(upload):
    with center_context(COUNTY):
        row = models.Upload.objects.get(pk=upload)
        with uploads.joined(row) as stream:
            return stream.read()


def attempt(call):
    """Return what a call returns, or the code of its refusal."""
    try:
        return call()
    except (errors.UploadOffsetError, errors.UploadSlotsError, errors.UploadUsedError) as error:
        return error.code


def test_of_two_writers_one_goes_on(desk):
    upload = begin(desk)
    contents = [bytes([n]) * len(WHOLE) for n in range(4)]
    writers = [partial(attempt, partial(write, desk, upload, each)) for each in contents]
    results = race(writers, threads=4)
    assert results.count(len(WHOLE)) == 1, results
    assert results.count("UPLOAD_OFFSET") == 3
    assert content_of(upload) in contents


def test_slots_are_not_taken_twice(desk):
    actor = desk.clerk
    beginning = partial(attempt, partial(begin, desk, actor))
    results = race([beginning for _ in range(uploads.SLOTS * 2)], threads=uploads.SLOTS)
    assert results.count("UPLOAD_SLOTS") == uploads.SLOTS, results


def test_an_upload_is_handed_in_once_however_many_ask_at_once(desk):
    numbers = [desk.submitted() for _ in range(3)]
    upload = begin(desk)
    write(desk, upload)
    adding = [
        partial(attempt, partial(desk.add, number, files=[rules.IncomingUpload(upload)]))
        for number in numbers
    ]
    results = race(adding, threads=3)
    assert results.count("UPLOAD_USED") == 2, results
    with center_context(COUNTY):
        assert models.MaterialFile.objects.filter(size=len(WHOLE)).count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("last", [0, 1, PART, 2 * PART + 7])
def test_a_killed_process_keeps_the_parts_that_came(committed_db, desk, tmp_path, last):
    account = people.account("sender", name="李经办", id_number=people.id_number(703))
    token, actor = people.token(account, now=desk.now), people.actor(account)
    upload = begin(desk, actor)
    file = tmp_path / "whole.pdf"
    file.write_bytes(WHOLE[:last])
    die(
        committed_db,
        "never",
        *("append_to_upload", COUNTY, token, str(upload), str(file), desk.now.isoformat()),
    )
    with center_context(COUNTY):
        came = models.Upload.objects.get(pk=upload).offset
    assert came == last // PART * PART
    assert write(desk, upload, WHOLE[came:], came, actor) == len(WHOLE)
    assert content_of(upload) == WHOLE
