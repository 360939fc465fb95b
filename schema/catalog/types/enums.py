"""The catalog's enumerations, with the texts of the national standards."""

from schema import enums
from tongban.catalog import states
from tongban.catalog.rules import attachments
from tongban.catalog.rules import content as contents
from tongban.kernel.calendar import LimitUnit

enums.describe(
    LimitUnit,
    "In which unit a time limit is counted.",
    texts={
        "WORKING_DAY": "工作日 / working days",
        "CALENDAR_DAY": "自然日 / calendar days",
        "WORKING_HOUR": "工作小时 / hours within office hours",
    },
)
enums.describe(
    contents.ServiceLine,
    "The three lines that a center serves.",
    texts={
        "approval": "行政审批 / administrative approval",
        "trading": "公共资源交易 / public resource trading",
        "convenience": "便民服务 / convenience services",
    },
)
enums.describe(
    contents.MatterLevel,
    "Levels of the centers that offer a matter.",
    texts={"city": "市级", "county": "县级", "township": "乡级"},
)
enums.describe(
    contents.HandlingType,
    "办件类型.",
    texts={"1": "即办件 / done while the applicant waits", "2": "承诺件 / done within a promise"},
)
enums.describe(
    contents.HandlingForm,
    "办理形式: how an application may be made.",
    texts={
        "1": "窗口办理 / at a window",
        "2": "网上办理（电脑端） / online, from a computer",
        "3": "网上办理（移动端） / online, from a phone",
        "4": "快递申请 / by courier",
        "9": "其他 / otherwise",
    },
)
enums.describe(
    contents.PowerSource,
    "权力来源: where the power to handle a matter comes from.",
    texts={
        "1": "法定本级行使 / the law gives it to this level",
        "2": "上级下放 / handed down from above",
        "3": "上级授权 / authorized from above",
        "4": "同级授权 / authorized by an equal",
        "5": "上级委托 / entrusted from above",
        "6": "同级委托 / entrusted by an equal",
    },
)
enums.describe(
    contents.ProcedureKind,
    "特别程序.",
    texts={
        "1": "延长审批 / an extension of the limit",
        "2": "其他 / hearing, inspection, expert review …: its time is not counted",
    },
    name="SpecialProcedureKind",
)
enums.describe(
    contents.StepKind,
    "What a step of the procedure (办理流程) does.",
    texts={
        "intake": "收件",
        "acceptance": "受理",
        "review": "审查",
        "verification": "审核",
        "special": "特别程序",
        "decision": "决定",
        "delivery": "制证与送达",
    },
)
enums.describe(
    contents.Necessity,
    "材料必要性.",
    texts={
        "1": "必要 / needed for acceptance",
        "2": "非必要 / needed only where its note says so",
        "3": "容缺后补 / may follow after acceptance, by a day that is set then",
    },
    name="MaterialNecessity",
)
enums.describe(
    contents.MaterialSource,
    "材料来源渠道.",
    texts={"10": "申请人自备", "20": "政府部门核发", "99": "其他"},
)
enums.describe(
    contents.MaterialKind,
    "The form in which a material is handed in.",
    texts={"form": "申请表", "original": "原件", "copy": "复印件", "electronic": "电子件"},
)
enums.describe(
    contents.ResultKind,
    "What handling a matter brings about.",
    texts={"certificate": "证照", "approval": "批文", "record": "备案", "payment": "资金给付"},
)
enums.describe(
    contents.BasisLevel,
    "The rank of a legal basis.",
    texts={
        "law": "法律",
        "administrative_regulation": "行政法规",
        "local_regulation": "地方性法规",
        "department_rule": "部门规章",
        "local_rule": "地方政府规章",
        "normative_document": "规范性文件",
    },
)
enums.describe(
    attachments.AttachmentKind,
    "What a file of the catalog shows.",
    texts={
        "blank_form": "空白表 / the form of a material, to be filled in",
        "sample": "样表 / the material as it looks when it is right",
        "result_sample": "结果样本 / what the applicant gets",
    },
)
enums.describe(
    states.OfferingStatus,
    "事项状态 of an offering; only what is in use is listed.",
    texts={"1": "在用", "2": "暂停", "3": "取消"},
)

SERVICE_OBJECTS = {
    "1": "自然人",
    "2": "企业法人",
    "3": "事业法人",
    "4": "社会组织法人",
    "5": "行政机关",
    "6": "非法人企业",
    "9": "其他",
}
