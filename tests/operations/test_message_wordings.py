"""A center's own words for what it tells applicants, and the shipped ones."""

import pytest

from tenants.messages import errors, models, queries, rules
from tenants.messages.operations import keeping
from tenants.messages.rules import MessageKind
from tenants.staff.rules import CenterRole
from tests.casework import COUNTY, Desk
from tongban.kernel.context import center_context
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.models import AuditEntry


@pytest.fixture
def desk(db):
    return Desk()


def told():
    with center_context(COUNTY):
        return list(models.Message.objects.order_by("id"))


def edit(desk, text, *, kind=MessageKind.INTAKE, version=0, actor=None):
    with center_context(COUNTY):
        return keeping.edit_template(
            actor=actor or desk.who(CenterRole.MANAGER), kind=kind, text=text,
            expected_version=version, now=desk.now,
        )  # fmt: skip


def test_a_center_words_its_own_messages(desk):
    found = edit(desk, "{name}：{number}收到了（{{测试}}）")
    assert (found.version, found.is_default) == (1, False)
    number = desk.submitted()
    assert {row.text for row in told()} == {f"赵*试：{number}收到了（{{测试}}）"}
    with pytest.raises(StaleVersionError):
        edit(desk, None)
    assert edit(desk, None, version=1).is_default
    desk.submitted()
    assert told()[-1].text.startswith("【")
    with center_context(COUNTY):
        assert AuditEntry.objects.filter(action="message_template.edit").count() == 2


def test_who_goes_back_to_the_shipped_words_follows_them(desk, monkeypatch):
    edit(desk, "{number}")
    edit(desk, None, version=1)
    monkeypatch.setitem(rules.DEFAULTS, MessageKind.INTAKE, "新版：{number}")
    number = desk.submitted()
    assert {row.text for row in told()} == {f"新版：{number}"}
    with center_context(COUNTY):
        found = queries.template_of(MessageKind.INTAKE)
    assert (found.text, found.is_default, found.version) == ("新版：{number}", True, 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "LENGTH"),
        ("{number}" + "长" * 200, "LENGTH"),
        ("{number}\n", None),
        ("{number}\nx", "CHARACTER"),
        ("{number", "BRACES"),
        ("}{number}", "BRACES"),
        ("{number}{phone}", "PLACEHOLDER"),
        ("{number}{due}", "PLACEHOLDER"),
        ("{number}{}", "PLACEHOLDER"),
        ("{number}{0}", "PLACEHOLDER"),
        ("{number.__class__}", "PLACEHOLDER"),
        ("{number!r}", "PLACEHOLDER"),
        ("{number:>100000000}", "PLACEHOLDER"),
        ("您好", "NUMBER_MISSING"),
    ],
)
def test_a_template_names_nothing_but_what_it_may(desk, text, reason):
    if reason is None:
        assert edit(desk, text).text == "{number}"
        return
    with pytest.raises(errors.TemplateInvalidError) as refused:
        edit(desk, text)
    assert refused.value.params["reason"] == reason
    assert "…" not in refused.value.message("zh-Hans").replace("{", "")
    with center_context(COUNTY):
        assert not models.MessageTemplate.objects.exists()


def test_only_the_office_words_them(desk):
    for role in (CenterRole.CLERK, CenterRole.SUPERVISOR, CenterRole.SYSTEM_ADMINISTRATOR):
        with pytest.raises(errors.TemplateEditNotAllowedError):
            edit(desk, "{number}", actor=desk.who(role))
    with center_context(COUNTY):
        assert not models.MessageTemplate.objects.exists()
        assert not AuditEntry.objects.filter(action="message_template.edit").exists()


def test_every_default_is_a_template():
    for kind in MessageKind:
        assert rules.check_template(kind, rules.DEFAULTS[kind]) == rules.Checked()
    assert {*rules.TOLD.values(), MessageKind.DATA_REQUEST} == set(MessageKind)


def test_a_long_matter_is_shortened_and_a_missing_due_date_said_otherwise():
    said = {"center": "c", "name": "n", "number": "1", "due_at": None}
    text = rules.worded("{matter}|{due}", matter="事" * 200, **said)
    assert text == f"{'事' * (rules.LONGEST_MATTER - 1)}…|承诺期限"
