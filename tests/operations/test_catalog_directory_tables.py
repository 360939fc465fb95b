"""Directories as tables: in by one command, out by another, nothing lost."""

import io
import uuid

import pytest
from django.core.management import CommandError, call_command

from tests.operations.test_catalog_directories import CITY, PUBLISHER, duty, power
from tests.people import NOW
from tongban.catalog import errors, models
from tongban.catalog.adapters import directory_table
from tongban.catalog.operations import directories
from tongban.catalog.queries import directories as queries
from tongban.catalog.rules.directories import DirectoryKind, judge_entries
from tongban.kernel.context import SharedRole, shared_context

FEE = {
    "code": "=1+1",
    "name": "施工图审查",
    "basis": '《山东省定价目录》“第"3"条”',
    "pricing": "guided",
    "fee_standard": "每平方米，\n分档",
    "amount": "1.50",
    "matters": ["370110100101", "370710800202"],
}
SAMPLES = {
    DirectoryKind.POWERS: [power(of_office=True), power("2", note="-")],
    DirectoryKind.RESPONSIBILITIES: [duty("R1", accountability="追责", power="1")],
    DirectoryKind.INTERMEDIARY_FEES: [FEE],
    DirectoryKind.APPROVALS: [power("370110100101")],
    "negative_list": [{"code": "N1", "name": "新建燃煤锅炉", "amount": "2.00"}],
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_is_written_is_read_again(kind):
    entries, faults = judge_entries(kind, SAMPLES[kind])
    assert faults == []
    out = io.BytesIO()
    directory_table.write(out, kind=kind, entries=entries)
    assert judge_entries(kind, directory_table.read(out.getvalue(), kind=kind)) == (entries, [])


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "编码,薪水\n1,2", '编码,名称\n"1,2', "编码,名称,类型\n1,一,01"],
)
def test_a_table_that_is_none_is_refused(text):
    with pytest.raises(errors.SourceUnreadableError):
        directory_table.read(text.encode(), kind=DirectoryKind.RESPONSIBILITIES)


def test_words_that_mean_nothing_are_left_to_the_rules():
    said = directory_table.read(
        "编码,名称,部门,责任事项,依职权\n1,一,局,受理,也许\n".encode("gb18030"),
        kind=DirectoryKind.RESPONSIBILITIES,
    )
    _, faults = judge_entries(DirectoryKind.RESPONSIBILITIES, said)
    assert [(f.path, f.reason) for f in faults] == [(("entries", 0, "of_office"), "NOT_A_FLAG")]


def test_a_list_comes_in_is_published_by_a_person_and_goes_out_again(db, tmp_path, capsys):
    path, out = tmp_path / "powers.csv", tmp_path / "out.csv"
    path.write_text(
        "编码,名称,部门,设定依据,类型\n"
        "1,施工许可,市住房和城乡建设局,《建筑法》第七条,01\n\n"
        "2,施工处罚,市住房和城乡建设局,《建筑法》第六十四条,02\n"
    )
    about = {"issuer": CITY, "kind": "powers"}
    call_command("directories", "draft", str(path), **about)
    assert "第 1 版草稿已编制，共 2 条" in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有已公布的这一版"):
        call_command("directories", "export", str(out), **about, version_number=1)
    with shared_context(SharedRole.CATALOG):
        directories.publish_directory(
            actor=PUBLISHER,
            issuer_code=CITY,
            kind=DirectoryKind.POWERS,
            version=1,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
        assert queries.powers_on(issuer_codes=[CITY], on=NOW.date()).types == {"1": "01", "2": "02"}
    call_command("directories", "export", str(out), **about, version_number=1)
    call_command("directories", "draft", str(out), **about)
    with shared_context(SharedRole.CATALOG):
        first, second = models.Directory.objects.order_by("version")
        assert first.entries == second.entries


def test_a_faulty_table_is_told_and_nothing_is_kept(db, tmp_path):
    path = tmp_path / "powers.csv"
    path.write_text("编码,名称,部门,设定依据,类型\n1,一,局,法,20\n2,二,局,,01\n")
    with pytest.raises(CommandError, match="第 1 条的“20”不是有效代码。（共 2 处）"):
        call_command("directories", "draft", str(path), issuer=CITY, kind="powers")
    with pytest.raises(CommandError, match="没有文件"):
        call_command("directories", "draft", "nowhere.csv", issuer=CITY, kind="powers")
    with shared_context(SharedRole.CATALOG):
        assert not models.Directory.objects.exists()
