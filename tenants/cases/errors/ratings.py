"""What ratings of cases refuse."""

from tongban.kernel.errors import DomainError


class RatingExistsError(DomainError):
    code = "RATING_EXISTS"
    message_zh = "您已在网上评价过该事项：网上服务一事一评。"
    message_en = "You rated this matter online already: once a matter."


class RatingChannelError(DomainError):
    code = "RATING_CHANNEL_NOT_ALLOWED"
    message_zh = (
        "窗口只能录入大厅平板、其他终端和电话评价；申请人本人评价请使用网上、手机、二维码或短信。"
    )
    message_en = (
        "A window enters what was said at a tablet, terminal or by phone; all else is online."
    )


class RatingTagsError(DomainError):
    code = "RATING_TAGS_INVALID"
    message_zh = "评价标签最多 {most} 个，每个 1 至 {longest} 字，不得重复。"
    message_en = "At most {most} different tags of 1 to {longest} characters."


class RatingNotFoundError(DomainError):
    code = "RATING_NOT_FOUND"
    message_zh = "该办件没有第 {rating} 次评价，或其现状不适用。"
    message_en = "The case has no rating {rating} of which this could be done."


class AppealSamePersonError(DomainError):
    code = "RATING_APPEAL_SAME_PERSON"
    message_zh = "提出申诉的人不得裁定该申诉。"
    message_en = "Whoever appealed does not decide the appeal."
