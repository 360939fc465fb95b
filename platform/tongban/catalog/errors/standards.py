"""What is refused of the library of standards of work."""

from tongban.kernel.errors import DomainError


class WorkStandardNotAllowedError(DomainError):
    code = "WORK_STANDARD_PUBLISH_NOT_ALLOWED"
    message_zh = "只有目录发布人员可以发布工作标准、登记验收，且限于其管辖区划。"
    message_en = "Only a catalog publisher may publish standards of work and record acceptances."


class WorkStandardTextError(DomainError):
    code = "WORK_STANDARD_INVALID"
    message_zh = "工作标准的编号、标题、类别和正文不能为空，也不能过长。"
    message_en = "A standard's number, title, category and text must be there and not too long."


class WorkStandardDayError(DomainError):
    code = "WORK_STANDARD_DAY_INVALID"
    message_zh = "生效日 {day} 须晚于上一版的生效日 {former}。"
    message_en = "The effective day {day} must lie after the former version's, {former}."


class AcceptanceInvalidError(DomainError):
    code = "ACCEPTANCE_INVALID"
    message_zh = "验收日期不得晚于今天，验收单位、级别和结论不能为空，也不能过长。"
    message_en = "An acceptance has a day up to today, an authority, a level and a result."


class AcceptanceRecordedError(DomainError):
    code = "ACCEPTANCE_ALREADY_RECORDED"
    message_zh = "该单位当日的验收已登记。"
    message_en = "This authority's acceptance of that day is recorded already."
