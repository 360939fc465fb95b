"""Directories: drafted by one, published by another, never changed; drafts nobody else sees."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from tongban.catalog import errors, models
from tongban.catalog.operations import directories
from tongban.catalog.queries import directories as queries
from tongban.catalog.rules.directories import DirectoryKind
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.models import AuditEntry, LogEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
CITY = "371400000000"
OPERATOR = actors.operator("test")


def holder(account_id: int, *roles: PlatformRole, division: str = CITY) -> Actor:
    return Actor(
        account_id=account_id,
        kind="person",
        platform_roles=frozenset((role, division) for role in roles),
    )


EDITOR = holder(1, PlatformRole.CATALOG_EDITOR)
PUBLISHER = holder(2, PlatformRole.CATALOG_PUBLISHER)


def power(code: str = "37140001", **said):
    return {
        "code": code,
        "name": f"权力{code}",
        "department": "市住房和城乡建设局",
        "basis": "《中华人民共和国建筑法》第七条",
        "power_type": "01",
    } | said


def duty(code: str, **said):
    return {
        "code": code,
        "name": f"职责{code}",
        "department": "市住房和城乡建设局",
        "duty": "受理、审查、决定、送达",
    } | said


APPROVALS = DirectoryKind.APPROVALS


def draft(entries=None, *, kind=DirectoryKind.POWERS, actor=EDITOR, **said):
    return directories.draft_directory(
        **{
            "actor": actor,
            "issuer_code": CITY,
            "kind": kind,
            "entries": [power()] if entries is None else entries,
            "idempotency_key": uuid.uuid4(),
            "now": NOW,
            **said,
        }
    )


def derive(**said):
    return directories.draft_directory(
        **{
            "actor": EDITOR,
            "issuer_code": CITY,
            "kind": APPROVALS,
            "entries": None,
            "idempotency_key": uuid.uuid4(),
            "now": NOW,
            **said,
        }
    )


def publish(version=1, *, kind=DirectoryKind.POWERS, actor=PUBLISHER, **said):
    return directories.publish_directory(
        **{
            "actor": actor,
            "issuer_code": CITY,
            "kind": kind,
            "version": version,
            "idempotency_key": uuid.uuid4(),
            "now": NOW,
            **said,
        }
    )


def written() -> tuple[int, ...]:
    tables = (models.Directory, AuditEntry, LogEntry)
    return tuple(table.objects.count() for table in tables)


def test_a_list_is_drafted_by_one_and_published_by_another(catalog):
    drafted = draft([power(), power("37140002", power_type="07")])
    assert (drafted.version, drafted.status, drafted.entry_count) == (1, "draft", 2)
    published = publish()
    assert (published.status, published.effective_from) == ("published", DAY)
    assert published.title == "权力清单"
    assert published.entry_codes == {"37140001": "01", "37140002": "07"}
    listed = queries.powers_on(issuer_codes=[CITY, "371700000000"], on=DAY)
    assert listed.issuers == {CITY}
    assert listed.types == {"37140001": "01", "37140002": "07"}
    assert queries.powers_on(issuer_codes=[CITY], on=date(2026, 3, 1)).issuers == frozenset()
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "directory.draft",
        "directory.publish",
    }
    assert LogEntry.objects.filter(name="directory.published", subject=CITY).count() == 1


@pytest.mark.parametrize("roles", [(PlatformRole.CATALOG_EDITOR, PlatformRole.CATALOG_PUBLISHER)])
def test_who_wrote_on_it_does_not_publish_it(catalog, roles):
    both = holder(3, *roles)
    draft(actor=both)
    draft([power(name="他人再改")], actor=EDITOR)
    before = written()
    with pytest.raises(errors.SamePersonError):
        publish(actor=both)
    assert written() == before
    assert publish(actor=PUBLISHER).status == "published"


@pytest.mark.parametrize(
    ("actor", "drafts", "publishes"),
    [
        (Actor(account_id=9, kind="person"), False, False),
        (actors.ANONYMOUS, False, False),
        (holder(4, PlatformRole.CATALOG_EDITOR, division="371700000000"), False, False),
        (holder(5, PlatformRole.CATALOG_PUBLISHER, division="371402000000"), False, False),
        (holder(6, PlatformRole.CATALOG_REVIEWER, PlatformRole.OFFERING_EDITOR), False, False),
        (PUBLISHER, False, True),
        (EDITOR, True, False),
    ],
)
def test_only_editors_draft_and_only_publishers_publish(catalog, actor, drafts, publishes):
    draft(actor=holder(7, PlatformRole.CATALOG_EDITOR, division="370000000000"))
    before = written()
    if not drafts:
        with pytest.raises(errors.DirectoryDraftNotAllowedError):
            draft(actor=actor)
        with pytest.raises(errors.DirectoryDraftNotAllowedError):
            directories.discard_draft_directory(
                actor=actor,
                issuer_code=CITY,
                kind=DirectoryKind.POWERS,
                idempotency_key=uuid.uuid4(),
                now=NOW,
            )
    if not publishes:
        # Whether there is a draft or none, the answer is the same.
        for version in (1, 2):
            with pytest.raises(errors.DirectoryPublishNotAllowedError):
                publish(version, actor=actor)
    assert written() == before
    if drafts:
        assert draft(actor=actor)
    if publishes:
        assert publish(actor=actor)


FAULTY = [
    (DirectoryKind.POWERS, [power(power_type="20")], ("entries", 0, "power_type"), "NOT_A_CODE"),
    (DirectoryKind.POWERS, [power(), power()], ("entries", 1, "code"), "REPEATED"),
    (DirectoryKind.POWERS, [power(basis="")], ("entries", 0, "basis"), "MISSING"),
    (DirectoryKind.POWERS, [power(amount="1.00")], ("entries", 0, "amount"), "NOT_OF_THIS_KIND"),
    (DirectoryKind.POWERS, [power(), "x"], ("entries", 1), "NOT_AN_OBJECT"),
    (DirectoryKind.POWERS, [power(matters=["1"])], ("entries", 0, "matters"), "NOT_A_CODE"),
    (DirectoryKind.POWERS, [power(name="\0")], ("entries", 0, "name"), "NOT_TEXT"),
    (DirectoryKind.POWERS, [power(name="长" * 201)], ("entries", 0, "name"), "TOO_LONG"),
    (APPROVALS, [power("短")], ("entries", 0, "code"), "NOT_A_CODE"),
    (DirectoryKind.RESPONSIBILITIES, [duty("D1", duty="")], ("entries", 0, "duty"), "MISSING"),
    (
        DirectoryKind.INTERMEDIARY_FEES,
        [{"code": "Z1", "name": "环评报告编制", "basis": "《价格法》", "pricing": "free"}],
        ("entries", 0, "pricing"),
        "NOT_A_CODE",
    ),
    (
        DirectoryKind.INTERMEDIARY_FEES,
        [
            {
                "code": "Z1",
                "name": "环评报告编制",
                "basis": "《价格法》",
                "pricing": "guided",
                "fee_standard": "每份",
                "amount": "1.005",
            }
        ],
        ("entries", 0, "amount"),
        "NOT_MONEY",
    ),
    ("negative_list", [{"code": "N1", "name": ""}], ("entries", 0, "name"), "MISSING"),
]


@pytest.mark.parametrize(("kind", "entries", "path", "reason"), FAULTY)
def test_a_faulty_entry_is_named_exactly_and_nothing_is_kept(catalog, kind, entries, path, reason):
    before = written()
    with pytest.raises(errors.DirectoryEntryError) as caught:
        draft(entries, kind=kind)
    assert caught.value.path == path
    assert caught.value.params["reason"] == reason
    for language in ("zh-Hans", "en"):
        text = caught.value.message(language)
        assert "…" not in text
        assert "_" not in text
    assert written() == before


def test_every_fault_is_listed(catalog):
    with pytest.raises(errors.DirectoryEntryError) as caught:
        draft([power(basis=""), power("2"), power("3", power_type="99")])
    assert [fault["path"] for fault in caught.value.params["faults"]] == [
        ("entries", 0, "basis"),
        ("entries", 2, "power_type"),
    ]


def test_what_is_published_never_changes_whoever_tries(catalog):
    draft()
    publish()
    with pytest.raises(errors.DirectoryPublishedError):
        publish(actor=holder(8, PlatformRole.CATALOG_PUBLISHER))
    for role in (SharedRole.CATALOG, SharedRole.PLATFORM):
        with shared_context(role) if role != SharedRole.CATALOG else transaction.atomic():
            for statement in (
                "UPDATE catalog_directory SET title = 'x'",
                "DELETE FROM catalog_directory",
            ):
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    assert cursor.rowcount == 0
    kept = models.Directory.objects.get()
    assert (kept.title, kept.entries) == ("权力清单", [power()])


def test_the_next_version_is_a_new_row_with_its_differences(catalog):
    draft([power("1"), power("2"), power("3")])
    publish()
    draft(
        [
            power("1"),
            power("2", department="市行政审批服务局", matters=["370110100101"]),
            power("4"),
        ]
    )
    publish(2)
    changes = queries.compare(issuer_code=CITY, kind=DirectoryKind.POWERS, former=1, later=2)
    assert changes is not None
    found = {
        change.entry.code: (change.before is None, change.after is None, change.fields)
        for change in changes
    }
    assert found.keys() == {"2", "3", "4"}
    assert found["3"] == (False, True, ())
    assert found["4"] == (True, False, ())
    assert [(f.field, f.before, f.after) for f in found["2"][2]] == [
        ("department", "市住房和城乡建设局", "市行政审批服务局"),
        ("matters", None, ["370110100101"]),
    ]
    backwards = queries.compare(issuer_code=CITY, kind=DirectoryKind.POWERS, former=2, later=1)
    assert backwards is not None
    assert [c.entry.code for c in backwards if c.before is None] == ["3"]
    first = queries.access_directory(issuer_code=CITY, kind=DirectoryKind.POWERS, version=1)
    assert first is not None
    assert [entry.code for entry in queries.read_entries(first)] == ["1", "2", "3"]


def test_a_draft_is_seen_by_nobody_but_its_makers(db):
    reviewer = holder(11, PlatformRole.CATALOG_REVIEWER)
    others = (
        actors.ANONYMOUS,
        Actor(account_id=12, kind="person"),
        holder(13, PlatformRole.CATALOG_EDITOR, division="371700000000"),
        holder(14, PlatformRole.CATALOG_EDITOR, division="371402000000"),
        holder(15, PlatformRole.OFFERING_EDITOR, PlatformRole.REGISTRAR),
    )
    with shared_context(SharedRole.CATALOG):
        draft([power("1")])
        publish()
        draft([power("1"), power("2", name="尚未公布的权力")])
        for actor in others:
            assert queries.list_directories(actor=actor, kinds=[DirectoryKind.POWERS]).count() == 1
            seen = {"actor": actor, "issuer_code": CITY, "kind": DirectoryKind.POWERS}
            assert queries.access_directory(**seen, version=2) is None
            assert queries.compare(**seen, former=1, later=2) is None
        for actor in (EDITOR, PUBLISHER, reviewer):
            seen = {"actor": actor, "issuer_code": CITY, "kind": DirectoryKind.POWERS}
            assert queries.access_directory(**seen, version=2)
            assert queries.compare(**seen, former=1, later=2)
        found = queries.directory_on(issuer_code=CITY, kind=DirectoryKind.POWERS, on=DAY)
        assert found is not None
        assert found.version == 1
    # Not even a mistake of ours shows it to a center, or to whoever reads without a role.
    for entered in (center_context("371400"), shared_context(SharedRole.READER)):
        with entered:
            assert list(models.Directory.objects.values_list("version", flat=True)) == [1]


def test_a_draft_is_written_anew_guarded_by_its_version_and_thrown_away(catalog):
    first = draft()
    again = draft([power("9")], expected_version=1)
    assert (again.pk, again.version, again.draft_version) == (first.pk, 1, 2)
    with pytest.raises(StaleVersionError):
        draft([power("8")], expected_version=1)
    with pytest.raises(StaleVersionError):
        publish(expected_version=1)
    version = directories.discard_draft_directory(
        actor=EDITOR,
        issuer_code=CITY,
        kind=DirectoryKind.POWERS,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
    assert version == 1
    assert not models.Directory.objects.exists()
    with pytest.raises(errors.DirectoryNotFoundError):
        publish()
    with pytest.raises(errors.DirectoryNotFoundError):
        directories.discard_draft_directory(
            actor=EDITOR,
            issuer_code=CITY,
            kind=DirectoryKind.POWERS,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )


def test_the_same_key_is_effective_once(catalog):
    key = uuid.uuid4()
    one, two = draft(idempotency_key=key), draft(idempotency_key=key)
    assert (one.pk, one.draft_version) == (two.pk, two.draft_version)
    key = uuid.uuid4()
    assert publish(idempotency_key=key).pk == publish(idempotency_key=key).pk == one.pk
    assert LogEntry.objects.filter(name="directory.published").count() == 1


def test_days_follow_each_other_and_may_lie_ahead(catalog):
    draft()
    publish(effective_from=date(2026, 4, 1))
    draft([power("5")])
    with pytest.raises(errors.DirectoryDayError):
        publish(2, effective_from=date(2026, 3, 31))
    publish(2, effective_from=date(2026, 5, 1))
    for day, version in ((date(2026, 3, 31), None), (date(2026, 4, 30), 1), (date(2026, 5, 1), 2)):
        found = queries.directory_on(issuer_code=CITY, kind=DirectoryKind.POWERS, on=day)
        assert (found.version if found else None) == version


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"issuer_code": "3714"}, errors.IssuerUnknownError),
        ({"kind": "secret_list"}, errors.DirectoryKindUnknownError),
        # A text is never a publication: official lists and publications don't mix.
        ({"kind": "powers"}, errors.DirectoryKindUnknownError),
        ({"title": "长" * 201}, errors.DirectoryTextError),
        ({"note": "\0"}, errors.DirectoryTextError),
    ],
)
def test_what_can_not_be_is_refused(catalog, said, error):
    before = written()
    with pytest.raises(error):
        draft(**said)
    assert written() == before


def test_an_empty_list_is_not_published(catalog):
    draft([])
    with pytest.raises(errors.DirectoryEmptyError):
        publish()


def test_the_four_official_lists_are_others_than_the_publications(catalog):
    assert list(queries.official_lists().values()) == [
        "权力清单",
        "责任清单",
        "负面清单",
        "专项资金清单",
    ]
    for kind in queries.official_lists():
        draft([{"code": "1", "name": "一项"}], kind=kind)
        publish(kind=kind)
    draft()
    publish()
    assert queries.list_directories(kinds=None).count() == 4
    assert queries.list_directories(kinds=list(DirectoryKind)).count() == 1
    assert queries.powers_on(issuer_codes=[CITY], on=DAY).types == {"37140001": "01"}


# --- approvals --------------------------------------------------------------------------------


def test_the_published_list_counts_what_the_catalog_has(catalog):
    derive()
    published = publish(kind=APPROVALS)
    in_force = queries.approvals_in_force(issuer_code=CITY, on=DAY)
    assert published.entry_count == in_force.count() > 0
    assert not in_force.exclude(matter__levels__contains=["city"]).exists()
    balance = queries.balance_approvals(issuer_code=CITY, on=DAY)
    assert (balance.version, balance.not_listed, balance.not_in_force) == (1, [], [])
    assert balance.in_force == balance.listed == published.entry_count
    gone = in_force.order_by("matter_id")[0]
    models.MatterRevision.objects.filter(id=gone.id).update(effective_to=DAY)
    balance = queries.balance_approvals(issuer_code=CITY, on=DAY)
    assert balance.in_force == balance.listed - 1
    assert balance.not_in_force == [gone.matter_id]
    draft([power("37000001")], kind=DirectoryKind.POWERS)
    waiting = derive()
    following = directories.publish_approvals(
        actor=PUBLISHER, issuer_code=CITY, effective_from=DAY, now=NOW
    )
    assert following is not None
    assert (following.version, following.entry_count) == (2, published.entry_count - 1)
    waiting.refresh_from_db()
    assert (waiting.version, waiting.status) == (3, "draft")
    balance = queries.balance_approvals(issuer_code=CITY, on=DAY)
    assert (balance.version, balance.in_force) == (2, balance.listed)
    assert (
        directories.publish_approvals(
            actor=PUBLISHER, issuer_code=CITY, effective_from=DAY, now=NOW
        )
        is None
    )


def test_only_approvals_are_derived(catalog):
    with pytest.raises(errors.DerivedKindError):
        derive(kind=DirectoryKind.POWERS)


def test_a_provinces_list_has_what_it_issued(catalog):
    entries = queries.derive_approvals(issuer_code="370000000000", on=DAY)
    assert {entry.code[:2] for entry in entries} == {"37"}
    assert all(entry.basis and entry.department and entry.power_type for entry in entries)
    assert queries.derive_approvals(issuer_code="371700000000", on=date(2019, 1, 1)) == ()
