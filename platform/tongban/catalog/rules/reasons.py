"""Why a row was left out, or what is remarked about it, in words that say what to do."""

from collections.abc import Mapping

from tongban.catalog.rules.rows import RowFault

_REASONS: Mapping[str, str] = {
    # What can't be read.
    "UNREADABLE_LINE": "该行的引号不成对，无法读取；请用表格软件重新保存为 CSV",
    "WRONG_CELL_COUNT": "该行有 {found} 个单元格，与表头的列数不同；请补齐或删去多余的",
    "FORMULA": "单元格是公式（{found}），平台不计算公式；请复制后“粘贴为数值”",
    "MISSING": "必须填写",
    "NOT_TEXT": "含有不能保存的字符（{found}），请重新录入",
    "NOT_A_LIST": "应当是列表",
    "NOT_AN_OBJECT": "应当是一项事项的各要素，而不是“{found}”",
    "TOO_LONG": "文字过长（{found} 字），请删减",
    "NOT_A_CODE": "“{found}”不是可用的代码或选项，请对照列说明填写",
    "NOT_A_FLAG": "“{found}”应为“是”或“否”",
    "NOT_A_NUMBER": "“{found}”应为整数",
    "OUT_OF_RANGE": "“{found}”超出允许的范围",
    "NOT_MONEY": "“{found}”应为金额，单位元，至多两位小数",
    "NOT_A_LIMIT": "“{found}”应为时限，例如 5工作日",
    "NOT_A_PAIR": "“{found}”应写作 名称=内容，多项以“；”分隔",
    "NOT_A_FILE": "“{found}”应写作 名称；类型；字节数；SHA-256",
    "NOT_A_DAY": "“{found}”应为日期，例如 2026-03-01",
    "NOT_A_STATUTE": "“{found}”应写作 《法律名称》条款",
    "NOT_A_CREDIT_CODE": "“{found}”不是有效的统一社会信用代码（18 位，含校验码），请核对",
    "TOO_MANY_PARTS": "以“|”分隔的部分过多（{found}）；文字中的“|”请写作“\\|”",
    # What doesn't agree with the catalog.
    "REPEATED": "“{found}”在本文件中出现不止一次，请合并",
    "ISSUER_UNKNOWN": "“{found}”不是国家、省、市、县的 12 位区划代码",
    "ISSUER_MISMATCH": "该行的区划 {found} 不属于导入时指定的发布机关",
    "ISSUED_ELSEWHERE": "该事项由区划 {found} 发布，不能在此更改或开通",
    "MATTER_CODE_TAKEN": "基本编码 {found} 已被使用，请核对；不掌握编码的可留空",
    "CODE_MISMATCH": "“{found}”与该行的区划、类型、中心或事项不符，请核对；不掌握编码的可留空",
    "CODE_DIFFERS": "该编码在目录中对应“{found}”，与该行不一致",
    "UNDER_REVIEW": "该事项的草稿已审核待发布，请先退回修改再导入",
    "CENTER_UNKNOWN": "没有代码为“{found}”的中心；请先开通该中心或更正代码",
    "MATTER_UNKNOWN": "目录中没有已发布的事项“{found}”；请先由发布机关发布，或更正编码",
    "NOT_IN_FORCE": "事项 {found} 已不再施行，不能列入实施清单",
    "LEVEL_MISMATCH": "标准目录没有把该事项定为中心 {found} 这一级办理",
    "CLOSED": "该事项已由目录发布停办（{found}），恢复须由发布机关重新发布",
    "CODE_TAKEN": "实施编码 {found} 已用于另一个中心或事项，请核对统一社会信用代码",
    "DAY_PAST": "{found} 不能作为取消日期：须晚于今天和生效日期",
    "PROMISE_OVER_STATUTORY": "承诺时限不得超过法定时限（{found}）",
    "PROMISE_OVER_STANDARD": "承诺时限不得超过标准目录的承诺时限（{found}）",
    "ASSISTED_INTAKE_NOT_OPEN": "标准目录未允许该事项代收代办",
    # What keeps a matter a draft.
    "NO_LEGAL_BASIS": "“{found}”没有设定依据：每一个条件、材料和收费都须写明依据序号",
    "NO_SERVICE_LINE": "未注明属于行政审批、公共资源交易还是便民服务",
    "MATTER_INCOMPLETE": "缺少该要素，或要素重复 {found}",
    "FORBIDDEN_ELEMENT": "不得再要求“{found}”（已明令取消），请删去",
    "CHOICES_INCONSISTENT": "“{found}”不存在、重复，或排在引用它的问题之后",
    "PRECONDITION_CYCLE": "事项互为前置：{found}，请取消其中之一",
    "PRECONDITION_CANCELLED": "前置事项 {found} 已明令取消，请删去",
    "PRECONDITION_UNKNOWN": "目录中没有前置事项 {found}，请更正编码或先导入该事项",
    "NOT_ON_LIST": "“{found}”不在已公布的权力清单中，或类型不符",
    "DEPARTMENT_UNKNOWN": (
        "标准目录中没有名为“{found}”的实施部门，请核对名称，或填写该部门的统一社会信用代码"
    ),
    # What was taken in all the same.
    "DEVIATES": "与标准目录不一致。{found}",
}


def explain(fault: RowFault) -> str:
    """Return in Chinese why a row was left out, or what is remarked about it."""
    template = _REASONS.get(fault.code)
    return template.format(found=fault.reason) if template else fault.reason or fault.code
