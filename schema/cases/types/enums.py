"""The cases' enumerations with the descriptions that the API gives their values."""

from enum import StrEnum

from schema import enums
from tenants.cases import rules, states
from tongban.catalog.rules import repinning
from tongban.kernel import clocks
from tongban.kernel.files import ScanState
from tongban.kernel.personal import IdKind


class DecisionOutcome(StrEnum):
    """How a case was decided."""

    APPROVE = "approve"
    REJECT = "reject"
    REFUSE = "refuse"
    TERMINATE = "terminate"


class DueClock(StrEnum):
    """A limit that a case is under."""

    NOTICE = "notice"
    STATUTORY = "statutory"
    PROMISED = "promised"
    STEP = "step"
    DELIVERY = "delivery"
    PRELIMINARY = "preliminary"


class CaseAction(StrEnum):
    """What somebody does to a case."""

    SUBMIT_CASE = "submit_case"
    ADD_MATERIAL = "add_material"
    ISSUE_NOTICE = "issue_notice"
    ANSWER_NOTICE = "answer_notice"
    ACCEPT_CASE = "accept_case"
    REFUSE_CASE = "refuse_case"
    SETTLE_DEBT = "settle_debt"
    VERIFY_COMMITMENT = "verify_commitment"
    START_REVIEW = "start_review"
    RECORD_REVIEW = "record_review"
    DECIDE_CASE = "decide_case"
    ASSESS_FEE = "assess_fee"
    WAIVE_FEE = "waive_fee"
    RECORD_PAYMENT = "record_payment"
    USE_SEAL = "use_seal"
    ISSUE_RESULT = "issue_result"
    COMPLETE_CASE = "complete_case"
    WITHDRAW_CASE = "withdraw_case"
    WITHDRAW_CONSENT = "withdraw_consent"
    DISCARD_CASE = "discard_case"
    REBASE_CASE = "rebase_case"
    SUSPEND_CASE = "suspend_case"
    RESUME_CASE = "resume_case"
    EXTEND_CASE = "extend_case"
    TERMINATE_CASE = "terminate_case"
    DISPUTE_COMPLETION = "dispute_completion"
    REVOKE_DECISION = "revoke_decision"
    URGE_CASE = "urge_case"
    REPLY_URGING = "reply_urging"
    RATE_CASE = "rate_case"
    ANSWER_RECTIFICATION = "answer_rectification"
    APPEAL_RATING = "appeal_rating"
    DECIDE_APPEAL = "decide_appeal"


enums.describe(
    states.State,
    "Where a case stands; a handoff changes custody, never the state.",
    name="CaseState",
    texts=states.STATE_TEXTS,
)
enums.describe(
    rules.Dimension,
    "What supervision looks at (电子监察).",
    name="FindingDimension",
    texts={
        rules.Dimension.PROCESS: "流程 / The steps, and who took them.",
        rules.Dimension.EFFICIENCY: "效率 / The limits.",
        rules.Dimension.FEE: "收费 / What was charged, waived and paid.",
    },
)
enums.describe(
    ScanState,
    "What is known of a file's content.",
    name="FileScanState",
    texts={
        ScanState.NOT_SCANNED: "未扫描 / No scanner was set up when it came in.",
        ScanState.PENDING: "待扫描 / It is to be scanned: until then nobody can open it.",
        ScanState.CLEAN: "未检出 / The scanner found nothing.",
        ScanState.INFECTED: "已隔离 / Something was found: it counts as not handed in.",
    },
)
enums.describe(
    states.Lamp,
    "红黄灯: how much of its limit a case has used.",
    name="CaseLamp",
    texts={
        states.Lamp.GREEN: "绿灯 / In time.",
        states.Lamp.YELLOW: "黄灯 / Most of the limit is used: 80 %, or as the center set it.",
        states.Lamp.RED: "红灯 / Past due.",
    },
)
enums.describe(
    rules.CommitmentState,
    "What the verification of a commitment (告知承诺) found.",
    texts={
        rules.CommitmentState.PENDING: "待核查 / Nobody has verified it yet.",
        rules.CommitmentState.KEPT: "属实 / It is as committed to.",
        rules.CommitmentState.BROKEN: "不实 / It is not as committed to.",
    },
)
enums.describe(
    states.Custody,
    "Whether the center that is asked may work on the case.",
    name="CaseCustody",
    texts={
        states.Custody.HELD: "由本中心办理 / Held here.",
        states.Custody.IN_TRANSIT: "移交途中 / Offered to another center, frozen until it answers.",
        states.Custody.ELSEWHERE: "由其他中心办理 / Held by another center, mirrored here.",
    },
)
enums.describe(
    rules.ApplicantKind,
    "Whether a person applies or an organization.",
    texts={rules.ApplicantKind.NATURAL: "自然人", rules.ApplicantKind.LEGAL: "法人或其他组织"},
)
enums.describe(
    IdKind,
    "By which kind of identifier somebody is known.",
    texts={
        IdKind.RESIDENT_ID: "居民身份证 (GB 11643)",
        IdKind.CREDIT_CODE: "统一社会信用代码 (GB 32100)",
        IdKind.PASSPORT: "护照",
        IdKind.OTHER: "其他证件",
    },
)
enums.describe(
    rules.Channel,
    "办理形式: how the application came in.",
    name="CaseChannel",
    texts=rules.CHANNEL_TEXTS,
)
enums.describe(
    rules.ReviewKind,
    "一审一核: review and verification, by two persons.",
    texts={rules.ReviewKind.REVIEW: "审查", rules.ReviewKind.VERIFICATION: "审核"},
)
enums.describe(
    rules.Decision,
    "What a decision says.",
    name="DecisionKind",
    texts={rules.Decision.APPROVE: "准予", rules.Decision.REJECT: "不予"},
)
enums.describe(
    rules.DeliverAt,
    "Where the applicant gets the result.",
    texts={
        rules.DeliverAt.HERE: "本中心送达 / The deciding center delivers it.",
        rules.DeliverAt.ORIGIN: "收件地送达 / Custody goes back to where it was handed in.",
    },
)
enums.describe(
    rules.DeliveryMethod,
    "送达方式: how the result reached the applicant.",
    texts={
        rules.DeliveryMethod.COUNTER: "窗口领取",
        rules.DeliveryMethod.POST: "邮寄",
        rules.DeliveryMethod.ELECTRONIC: "电子送达",
    },
)
enums.describe(
    rules.SuppliedBy,
    "跨部门缺件由中心、部门内由窗口补齐: who makes a defect good.",
    texts={
        rules.SuppliedBy.APPLICANT: "申请人 / The applicant.",
        rules.SuppliedBy.WINDOW: "窗口 / The window: its department issues it.",
        rules.SuppliedBy.CENTER: "政务服务中心 / The center: another department issues it.",
    },
)
enums.describe(
    rules.PaymentMethod,
    "How a fee was paid.",
    texts={
        rules.PaymentMethod.CASH: "现金",
        rules.PaymentMethod.CARD: "刷卡",
        rules.PaymentMethod.MOBILE: "移动支付",
        rules.PaymentMethod.TRANSFER: "转账",
    },
)
enums.describe(
    rules.PaperKind,
    "Documents that an applicant takes away.",
    texts={kind: title for kind, (title, _letters) in rules.PAPER_TITLES.items()},
)
enums.describe(
    rules.RatingLevel,
    "满意度: how an applicant found the service, by its national code from 1 to 5.",
    texts={
        rules.RatingLevel.VERY_SATISFIED: "1 非常满意",
        rules.RatingLevel.SATISFIED: "2 满意",
        rules.RatingLevel.FAIRLY_SATISFIED: "3 基本满意",
        rules.RatingLevel.DISSATISFIED: "4 不满意",
        rules.RatingLevel.VERY_DISSATISFIED: "5 非常不满意",
    },
)
enums.describe(
    rules.RatingChannel,
    "评价渠道: by what a rating was given.",
    texts={
        rules.RatingChannel.PC: "PC端",
        rules.RatingChannel.MOBILE: "移动端",
        rules.RatingChannel.QR_CODE: "二维码",
        rules.RatingChannel.TABLET: "大厅平板 / Entered at a window.",
        rules.RatingChannel.TERMINAL: "其他终端 / Entered at a window.",
        rules.RatingChannel.PHONE: "电话 / Entered at a window.",
        rules.RatingChannel.SMS: "短信",
    },
)
enums.describe(
    rules.RatingMode,
    "Where a rating was given.",
    texts={
        rules.RatingMode.COUNTER: "现场服务一次一评 / At the counter, once a case.",
        rules.RatingMode.ONLINE: "网上服务一事一评 / Online, once a matter.",
    },
)
enums.describe(
    rules.RatingGrouping,
    "By what ratings are counted.",
    texts={rules.RatingGrouping.MATTER: "事项", rules.RatingGrouping.WINDOW: "窗口"},
)
enums.describe(
    rules.SealedField,
    "Personal data that are shown masked and can be revealed for a purpose.",
    texts={
        rules.SealedField.APPLICANT_NAME: "申请人姓名或名称",
        rules.SealedField.APPLICANT_ID_NUMBER: "申请人证件号码",
        rules.SealedField.APPLICANT_PHONE: "申请人电话",
        rules.SealedField.REPRESENTATIVE_NAME: "法定代表人姓名",
        rules.SealedField.REPRESENTATIVE_ID_NUMBER: "法定代表人证件号码",
        rules.SealedField.REPRESENTATIVE_PHONE: "法定代表人电话",
        rules.SealedField.HANDLER_NAME: "经办人姓名",
        rules.SealedField.HANDLER_ID_NUMBER: "经办人证件号码",
        rules.SealedField.HANDLER_PHONE: "经办人电话",
    },
)
enums.describe(
    rules.Order,
    "Orders of a list of cases.",
    name="CaseOrder",
    texts={
        rules.Order.LATEST: "最新提交在前 / Latest first.",
        rules.Order.OLDEST: "最早提交在前 / Oldest first.",
        rules.Order.DUE_FIRST: "最先到期在前 / By promised due date; only cases that have one.",
        rules.Order.LAMP_FIRST: "红灯、黄灯在前 / Red, yellow, green; only cases that have a lamp.",
    },
)
enums.describe(
    DecisionOutcome,
    "How a case was decided.",
    texts={
        DecisionOutcome.APPROVE: "准予",
        DecisionOutcome.REJECT: "不予许可",
        DecisionOutcome.REFUSE: "不予受理",
        DecisionOutcome.TERMINATE: "终止办理",
    },
)
enums.describe(
    CaseAction,
    "What somebody does to a case.",
    texts={
        CaseAction.SUBMIT_CASE: "提交",
        CaseAction.ADD_MATERIAL: "补充材料",
        CaseAction.ISSUE_NOTICE: "一次告知",
        CaseAction.ANSWER_NOTICE: "提交补正",
        CaseAction.ACCEPT_CASE: "受理",
        CaseAction.REFUSE_CASE: "不予受理",
        CaseAction.SETTLE_DEBT: "核对容缺材料",
        CaseAction.VERIFY_COMMITMENT: "核查承诺",
        CaseAction.START_REVIEW: "开始审查",
        CaseAction.RECORD_REVIEW: "录入审查或审核意见",
        CaseAction.DECIDE_CASE: "决定",
        CaseAction.ASSESS_FEE: "核定费用",
        CaseAction.WAIVE_FEE: "减免费用",
        CaseAction.RECORD_PAYMENT: "收费",
        CaseAction.USE_SEAL: "用印",
        CaseAction.ISSUE_RESULT: "出件",
        CaseAction.COMPLETE_CASE: "送达办结",
        CaseAction.WITHDRAW_CASE: "撤回",
        CaseAction.WITHDRAW_CONSENT: "撤回同意",
        CaseAction.DISCARD_CASE: "删除草稿 / What was never handed in is removed for good.",
        CaseAction.REBASE_CASE: "改按现行实施清单办理",
        CaseAction.SUSPEND_CASE: "启动特别程序",
        CaseAction.RESUME_CASE: "恢复计时",
        CaseAction.EXTEND_CASE: "延长办理期限",
        CaseAction.TERMINATE_CASE: "终止办理",
        CaseAction.DISPUTE_COMPLETION: "对办结提出异议",
        CaseAction.REVOKE_DECISION: "撤销决定",
        CaseAction.URGE_CASE: "督办",
        CaseAction.REPLY_URGING: "回复督办",
        CaseAction.RATE_CASE: "评价",
        CaseAction.ANSWER_RECTIFICATION: "回复差评整改",
        CaseAction.APPEAL_RATING: "对差评申诉",
        CaseAction.DECIDE_APPEAL: "裁定差评申诉",
    },
)
enums.describe(
    repinning.Change,
    "What became of a material that a case was asked for.",
    name="MaterialChangeKind",
    texts={
        repinning.Change.ADDED: "新增 / Asked for from now on.",
        repinning.Change.DROPPED: "不再要求 / Asked for no more; what was handed in stays.",
        repinning.Change.CHANGED: "有变化 / Asked for in another way.",
    },
)
enums.describe(
    DueClock,
    "A limit that a case is under.",
    texts={
        DueClock.NOTICE: "一次告知时限 (行政许可法 32(4)) / Defects are told in 5 working days.",
        DueClock.STATUTORY: "法定时限 / The law's limit.",
        DueClock.PROMISED: "承诺时限 / The center's promise.",
        DueClock.STEP: "环节时限 / The limit of the step that the case is at.",
        DueClock.DELIVERY: "送达时限 (行政许可法 44) / The result is delivered in 10 working days.",
        DueClock.PRELIMINARY: "下级初审时限 (行政许可法 43) / A lower body that reviews first.",
    },
)
enums.describe(
    rules.PauseKind,
    "特别程序: for what a clock stands still.",
    texts={kind: " / ".join(texts) for kind, texts in rules.PAUSE_TEXTS.items()},
)
enums.describe(
    clocks.MoveKind,
    "What moved the end of a limit.",
    name="DueMoveKind",
    texts={
        clocks.MoveKind.LIMIT: "期限本身 / The bare limit, every day counted.",
        clocks.MoveKind.DAYS_OFF: "非工作日 / Days off are not counted.",
        clocks.MoveKind.END_ON_DAY_OFF: "末日顺延 (民法典 203) / The last day was a day off.",
        clocks.MoveKind.AFTER_HOURS: "下班后开始 / It began after office hours.",
        clocks.MoveKind.PAUSE: "停止计时 / It stood still.",
        clocks.MoveKind.EXTENSION: "延长 / It was extended.",
    },
)
