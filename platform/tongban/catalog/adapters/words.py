"""The codes of elements in the words of the trade, as tables have them; codes are read too."""

from collections.abc import Mapping

from tongban.catalog.rules.content import MATTER_TYPES

_READ: Mapping[str, Mapping[str, str]] = {
    "matter_type": {name: code for code, name in MATTER_TYPES.items()},
    "service_line": {"行政审批": "approval", "公共资源交易": "trading", "便民服务": "convenience"},
    "service_object": {
        "自然人": "1", "企业法人": "2", "事业法人": "3", "社会组织法人": "4", "行政机关": "5",
        "非法人企业": "6", "其他": "9",
    },
    "level": {
        "市级": "city", "县级": "county", "乡级": "township", "镇（乡、街道）级": "township",
        "3": "city", "4": "county", "5": "township",
    },
    "handling_type": {"即办件": "1", "承诺件": "2"},
    "unit": {
        "工作日": "WORKING_DAY", "自然日": "CALENDAR_DAY", "工作小时": "WORKING_HOUR",
        "个工作日": "WORKING_DAY", "日": "CALENDAR_DAY", "天": "CALENDAR_DAY",
    },
    "material_kind": {
        "申请表": "form", "原件": "original", "复印件": "copy", "电子": "electronic",
    },
    "necessity": {"必要": "1", "非必要": "2", "容缺后补": "3"},
    "material_source": {
        "自备": "10", "申请人自备": "10", "政府核发": "20", "政府部门核发": "20", "其他": "99",
    },
    "result_kind": {"证照": "certificate", "批文": "approval", "备案": "record", "资金": "payment"},
    "basis_level": {
        "法律": "law", "行政法规": "administrative_regulation", "地方性法规": "local_regulation",
        "部门规章": "department_rule", "地方政府规章": "local_rule",
        "规范性文件": "normative_document",
    },
    "power_source": {
        "法定本级行使": "1", "上级下放": "2", "上级授权": "3", "同级授权": "4", "上级委托": "5",
        "同级委托": "6",
    },
    "handling_form": {
        "窗口": "1", "网上（电脑）": "2", "网上（移动）": "3", "快递": "4", "其他": "9",
        "窗口办理": "1", "网上办理": "2", "快递申请": "4",
    },
    "procedure_kind": {"延长审批": "1", "其他": "2"},
    "step_kind": {
        "收件": "intake", "受理": "acceptance", "审查": "review", "审核": "verification",
        "特别程序": "special", "决定": "decision", "送达": "delivery",
    },
    "flag": {"是": "是", "否": "否", "1": "是", "0": "否"},
    "offering_status": {"在用": "1", "暂停": "2", "取消": "3"},
    "scope": {"全国": "1", "跨省": "2", "跨市": "3", "跨县": "4", "跨镇": "5", "跨村": "6"},
}  # fmt: skip
"""Vocabulary → word → code; of several words for one code the first is written."""

_WRITTEN: Mapping[str, Mapping[str, str]] = {
    vocabulary: {code: word for word, code in reversed(list(words.items()))}
    for vocabulary, words in _READ.items()
}


def code_of(vocabulary: str, word: str) -> str:
    """Return the code of a word; what is no word of the vocabulary is returned as it is."""
    return _READ[vocabulary].get(word, word)


def word_for(vocabulary: str, code: str) -> str:
    """Return the word that is written for a code; a code without one is its own word."""
    return _WRITTEN[vocabulary].get(code, code)
