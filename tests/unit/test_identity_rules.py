"""Names, login names and passwords: what may be, without a database."""

import pytest

from tenants.staff import rules as staff
from tenants.staff.rules import CenterRole
from tongban.identity import rules
from tongban.identity.rules import PasswordFault


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("王小明", "王小明"),
        (" 欧阳　娜娜 ", "欧阳 娜娜"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("买买提‧艾力", "买买提·艾力"),
        ("Ｊｏｈｎ Ｓｍｉｔｈ", "John Smith"),
    ],
)
def test_names_come_to_one_form(text, normal):
    assert rules.normalize_name(text) == normal


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("王明", True),
        ("𠮷野", True),
        ("阿卜杜拉·买买提", True),
        ("Mary-Jane O'Neil", True),
        ("王", False),
        ("·王明", False),
        ("王明·", False),
        ("王明1", False),
        ("", False),
        ("王" * 25, False),
        ("x" * 65, False),
        ("王明\u202e", False),
    ],
)
def test_what_can_be_a_name(name, valid):
    assert rules.is_person_name(name) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("xiaoming", True),
        ("x.m_1-2", True),
        ("xm", False),
        ("1xm", False),
        ("13805345678", False),
        ("小明明", False),
        ("a" * 33, False),
        ("abc\n", False),
    ],
)
def test_what_can_be_a_login_name(text, valid):
    assert rules.is_login_name(text) is valid


def test_login_names_come_to_one_form():
    assert rules.normalize_login_name(" ＸiaoMing ") == "xiaoming"


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Dezhou-2026", ()),
        ("dezhou-2026", ()),
        ("Aa1-" * 32, ()),
        ("Aa1-" * 33, (PasswordFault.TOO_LONG,)),
        ("Aa1-aa1", (PasswordFault.TOO_SHORT,)),
        ("deZhouShi", (PasswordFault.TOO_FEW_KINDS,)),
        ("Xiaoming-2026", (PasswordFault.CONTAINS_PERSONAL,)),
        ("德州Dezhou1", ()),
    ],
)
def test_passwords(password, faults):
    assert rules.password_faults(password, personal=("xiaoming", "abc")) == faults


def test_which_roles_exclude_each_other():
    auditor, security = CenterRole.AUDITOR, CenterRole.SECURITY_ADMINISTRATOR
    assert staff.conflicting([auditor, CenterRole.CLERK, CenterRole.MANAGER]) == ()
    assert staff.conflicting([security, auditor]) == (auditor, security)
