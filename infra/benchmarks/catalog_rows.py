"""A catalog of the size that is measured: 4,000 matters at 25 centers, and centers of the country.

Names are those of a real list where it lies beside the project, and otherwise made of the parts
that names of matters have: what is approved, and what is done with it. Rows are written as the
operations write them, but all at once.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import connection

from tongban.catalog import models
from tongban.catalog.operations import describing
from tongban.catalog.rules.content import (
    HandlingType,
    LegalBasis,
    Limit,
    MatterContent,
    MatterLevel,
    Result,
    ResultKind,
    ServiceLine,
)
from tongban.kernel import pinyin
from tongban.kernel.calendar import LimitUnit
from tongban.registry import models as registry
from tongban.registry import rules

DAY = date(2026, 3, 2)
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SINCE = date(2020, 1, 1)
_REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "matters_guangan.csv"


def _list(text: str) -> list[str]:
    return text.split()


_SUBJECTS = _list(
    """
食品经营许可证 食品生产许可证 药品经营许可证 医疗器械经营许可证 医疗机构执业许可证 医师执业注册
护士执业注册 放射诊疗许可证 公共场所卫生许可证 餐饮服务许可证 特种设备使用登记
特种设备作业人员资格 计量器具型式批准 营业执照 个体工商户营业执照 农民专业合作社登记
外商投资企业登记 公司设立登记 股权出质登记 动产抵押登记 道路货物运输经营许可证
道路旅客运输经营许可证 机动车驾驶证 机动车行驶证 机动车号牌 船舶营业运输证 出租汽车经营许可
网络预约出租汽车运输证 大型物件运输许可 公路超限运输许可 港口经营许可 建设工程规划许可证
建设用地规划许可证 建设用地批准书 乡村建设规划许可证 建筑工程施工许可证 商品房预售许可证
房地产开发企业资质 建筑业企业资质 工程监理企业资质 物业服务企业备案 不动产权证书 不动产登记证明
房屋租赁登记 城镇燃气经营许可 城市道路挖掘许可 临时占用城市道路许可 户外广告设施设置许可
城市生活垃圾清运许可 排水许可证 取水许可证 河道采砂许可证 水土保持方案审批 林木采伐许可证
木材运输证 野生动物驯养繁殖许可 草原征用审核 种子生产经营许可证 农药经营许可证 兽药经营许可证
动物防疫条件合格证 生鲜乳收购许可证 渔业捕捞许可证 拖拉机驾驶证 采矿许可证 勘查许可证
环境影响评价文件审批 排污许可证 危险废物经营许可证 辐射安全许可证 安全生产许可证
危险化学品经营许可证 烟花爆竹经营许可证 民用爆炸物品购买许可证 消防设计审查 消防验收备案
居民身份证 居住证 户口登记 户口迁移 边境管理区通行证 普通护照 往来港澳通行证 特种行业许可证
旅馆业特种行业许可 印章刻制备案 保安服务许可证 举办大型群众性活动许可 社会团体登记
民办非企业单位登记 基金会登记 养老机构备案 最低生活保障 特困人员救助供养 临时救助 残疾人证
残疾人两项补贴 高龄津贴 孤儿基本生活费 结婚登记 离婚登记 收养登记 社会保障卡 职工参保登记
城乡居民养老保险 工伤认定 失业保险金 就业创业证 劳务派遣经营许可证 人力资源服务许可证
民办职业培训学校办学许可 职业资格证书 医疗保险关系转移 生育保险待遇 异地就医备案 住房公积金提取
住房公积金贷款 公共租赁住房申请 教师资格证书 民办学校办学许可证 校车使用许可 义务教育入学
高等学历继续教育证明 营业性演出许可证 互联网上网服务营业场所许可 娱乐经营许可证
出版物经营许可证 电影放映经营许可证 广播电视节目制作许可 文物保护单位工程审批
旅行社业务经营许可证 导游证 体育场所经营许可 律师执业证 公证员任职 司法鉴定许可证 法律援助申请
会计师事务所执业许可 代理记账许可证书 政府采购投诉处理 粮食收购备案 企业投资项目备案
固定资产投资项目核准 节能审查 电力业务许可 无线电台执照 税务登记 发票领用 烟草专卖零售许可证
宗教活动场所登记
"""
)
_ACTIONS = _list(
    """
核发 首次申请 变更 变更名称 变更地址 变更法定代表人 变更范围 延续 换发 遗失补领 补办 注销
年度报告 年检 备案 信息查询 证明开具 到期换证 损毁换领 异地申领 撤销 暂停 恢复 转移 预审 咨询
初审 复审 登记信息更正 抽查 临时办理
"""
)
_DEPARTMENTS = _list(
    """
公安局 民政局 市场监督管理局 人力资源和社会保障局 自然资源和规划局 住房和城乡建设局 交通运输局
水利局 农业农村局 卫生健康委员会 医疗保障局 教育和体育局 文化和旅游局 应急管理局 生态环境局
行政审批服务局 司法局 财政局
"""
)
_THEMES = _list(
    """
户籍办理 证件办理 就业创业 社会保障 医疗卫生 住房保障 准营准办 设立变更 交通出行 教育科研
"""
)
_EVENTS = _list(
    """
出生 入学 就业 结婚 购房 开店 退休 就医 身后事 企业注销
"""
)


def names() -> Iterator[tuple[str, str]]:
    """Yield different names of matters, each with its department."""
    seen = set()
    if _REAL.exists():
        with _REAL.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name, department = row["name"].strip()[:200], row["department"].removeprefix("区")
                if name and name not in seen:
                    seen.add(name)
                    yield name, department
    for action in _ACTIONS:
        for number, subject in enumerate(_SUBJECTS):
            yield f"{subject}{action}", _DEPARTMENTS[number % len(_DEPARTMENTS)]


def add_matters(count: int, *, centers: Sequence[str]) -> None:
    """Write ``count`` matters in force, each offered at all ``centers`` (catalog context)."""
    rows = [(number, *named) for number, named in zip(range(count), names(), strict=False)]
    assert len(rows) == count, f"there are only {len(rows)} names"
    contents = {f"3799{number:08d}": _content(number, name, of) for number, name, of in rows}
    models.StandardMatter.objects.bulk_create(
        (_matter(code, content) for code, content in contents.items()), batch_size=500
    )
    models.MatterRevision.objects.bulk_create(
        (_revision(code, content) for code, content in contents.items()), batch_size=500
    )
    _offer(list(contents), centers)


def _content(number: int, name: str, department: str) -> MatterContent:
    days = LimitUnit.WORKING_DAY
    return MatterContent(
        name=name,
        matter_type="01",
        service_line=ServiceLine.APPROVAL,
        service_objects=("1", "2"),
        handling_type=HandlingType.PROMISED,
        legal_bases=(LegalBasis("中华人民共和国行政许可法", "第十二条"),),
        department=department,
        theme=_THEMES[number % len(_THEMES)],
        life_events=(_EVENTS[number % len(_EVENTS)],) if number % 3 == 0 else (),
        levels=(MatterLevel.CITY, MatterLevel.COUNTY),
        statutory_limit=Limit(20, days),
        promised_limit=Limit(10, days),
        result=Result(name=name[:40], kind=ResultKind.CERTIFICATE),
    )


def _matter(code: str, content: MatterContent) -> models.StandardMatter:
    matter = models.StandardMatter(code=code, issuer_code="370000000000", created_at=_NOW)
    describing.describe(matter, content)
    return matter


def _revision(code: str, content: MatterContent) -> models.MatterRevision:
    revision = models.MatterRevision(
        matter_id=code,
        number=1,
        status="published",
        effective_from=_SINCE,
        created_at=_NOW,
        created_by="bench",
        published_at=_NOW,
        published_by="bench",
    )
    describing.write_content(revision, content)
    return revision


def add_centers(count: int) -> list[str]:
    """Write the centers of shipped divisions, 单县 among the first (platform context).

    Returns their codes.
    """
    known = set(registry.Center.objects.values_list("code", flat=True))
    chosen: dict[str, registry.Center] = {}
    levels = {rules.Level.CITY: "政务服务中心", rules.Level.COUNTY: "政务服务中心"}
    for row in sorted(rules.read_divisions(), key=lambda r: not r.code.startswith("3717")):
        if row.level not in {*levels, rules.Level.TOWNSHIP} or row.valid_to is not None:
            continue
        code = rules.center_code(row.code)
        name = row.name + levels.get(row.level, "便民服务中心")
        read = pinyin.syllables(pinyin.normalize(name))
        chosen[code] = registry.Center(
            code=code,
            schema_name=f"c{code}",
            name=name,
            name_pinyin="".join(read),
            name_initials=pinyin.initials(read),
            level=row.level,
            division_code=row.code,
        )
        if len(chosen) == count:
            break
    registry.Center.objects.bulk_create(
        (center for code, center in chosen.items() if code not in known), batch_size=500
    )
    return list(chosen)


def _offer(matters: Sequence[str], centers: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_offering (center_code, matter_code, code, credit_code, status,
                department, place, hours, contact, complaints, body_kind, local_code, windows,
                promised_unit, assisted_intake, scope, on_the_spot, effective_from, closed_for)
            SELECT c, m, rpad(c, 9, '0') || '4' || m, '', '1', '', '政务服务中心一楼', '', '', '',
                   '', '', '{}', '', false, '', false, %s, ''
              FROM unnest(%s::text[]) AS m, unnest(%s::text[]) AS c
             ORDER BY m, c
            """,
            [_SINCE, list(matters), list(centers)],
        )
