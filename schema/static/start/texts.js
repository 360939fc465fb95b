// What the API names in English, for people; times in the centers' own zone.

const zone = "Asia/Shanghai";
const dayFormat = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, month: "long", day: "numeric" });
const weekdayFormat = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, weekday: "short" });
const timeFormat = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false });
const exactFormat = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, dateStyle: "short", timeStyle: "medium", hour12: false });

export const day = (at) => (at ? `${dayFormat.format(new Date(at))}（${weekdayFormat.format(new Date(at))}）` : "");
export const time = (at) => (at ? timeFormat.format(new Date(at)) : "");
/** A case number as it is read out. */
export const grouped = (number) => number.replace(/^(\d{6})(\d{3})(\d{6})(\d{5})/, "$1-$2-$3-$4-");
/** A seal with the entry of its use, as papers and /verify name it. */
export const sealText = (seal) => (seal ? `${seal.name}（用印登记 ${seal.code} 第 ${seal.use} 号）` : "");
export const exact = (at) => (at ? exactFormat.format(new Date(at)) : "");

const units = { WORKING_DAY: "个工作日", CALENDAR_DAY: "天", WORKING_HOUR: "个工作小时" };
export const limit = (value) => (value ? `${value.amount} ${units[value.unit]}` : "");
export const size = (bytes) => (bytes < 1024 ? `${bytes} 字节` : bytes < 1048576 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

export const STATES = {
  DRAFT: ["草稿", ""], SUBMITTED: ["已收件", "blue"], SUPPLEMENT_REQUESTED: ["待补正", "warn"], ACCEPTED: ["已受理", "blue"],
  REFUSED: ["不予受理", "bad"], IN_REVIEW: ["审查中", "violet"], SUSPENDED: ["已中止计时", "warn"], APPROVED: ["准予", "ok"],
  REJECTED: ["不予许可", "bad"], ISSUED: ["已出件", "ok"], COMPLETED: ["已办结", "ok"], WITHDRAWN: ["已撤回", ""], TERMINATED: ["已终止", ""], REVOKED: ["已撤销", "bad"],
};
export const FINAL = ["REFUSED", "COMPLETED", "WITHDRAWN", "TERMINATED", "REVOKED"];

/** The steps that everybody sees, and the states that have reached each. */
export const STEPS = [
  ["收件", ["SUBMITTED", "SUPPLEMENT_REQUESTED"]],
  ["受理", ["ACCEPTED", "REFUSED"]],
  ["审查", ["IN_REVIEW", "SUSPENDED"]],
  ["决定", ["APPROVED", "REJECTED"]],
  ["出件", ["ISSUED"]],
  ["办结", ["COMPLETED"]],
];

export const HANDOFF_STATES = {
  OFFERED: ["待接收", "warn"], RECALL_REQUESTED: ["申请收回", "warn"], ACCEPTED: ["已接收", "ok"], DECLINED: ["已拒收", "bad"],
  RECALLED: ["已收回", ""], RETURNED: ["已退回", "bad"], COMPLETED: ["已办结交回", "ok"],
};
export const HANDOFF_KINDS = { ASSISTED_INTAKE: "代收代办", JOINT_CITY: "同城办理", DOWNWARD: "下转", UPWARD: "协助报批" };
export const HANDOFF_EVENTS = {
  "handoff.received": "收到移交", "handoff.offered": "已发出移交", "handoff.accepted": "移交已接收", "handoff.declined": "移交被拒收", "handoff.recalled": "移交已收回",
  "handoff.recall_requested": "申请收回移交", "handoff.returned": "办件被退回", "handoff.completed": "办结交回", "handoff.lapsed": "逾期未答复，视为接收",
};
export const ROUTE_REASONS = {
  OFFERED_HERE: "本中心办理此事项", DELEGATED: "同城办理：由市中心统一办理", OFFERED_BY_COMPETENT: "申请人所在地的中心办理此事项",
  OFFERED_ABOVE: "由上级中心办理此事项", SCOPE: "该事项已开通跨区域通办",
};

export const ROLES = {
  CLERK: "窗口人员", REVIEWER: "审核员", CHIEF_REPRESENTATIVE: "首席代表", MANAGER: "管理办", DEPARTMENT_MANAGER: "部门负责人",
  SUPERVISOR: "电子监察员", PARTY_SECRETARY: "党务负责人", CASHIER: "收费员", STATION_OPERATOR: "便民服务中心操作员",
  SYSTEM_ADMINISTRATOR: "系统管理员", SECURITY_ADMINISTRATOR: "安全管理员", AUDITOR: "审计员",
};
export const LEVELS = { PROVINCE: "省", CITY: "市", COUNTY: "县（市、区）", TOWNSHIP: "乡镇（街道）", VILLAGE: "村（社区）" };
export const CENTER_STATUS = { ONBOARDING: ["接入中", "warn"], ACTIVE: ["已开通", "ok"], SUSPENDED: ["已暂停", "bad"] };
export const CHANNELS = { COUNTER: "窗口", STATION: "便民服务中心代收", ONLINE: "网上", MOBILE: "手机", POST: "邮寄" };
export const NECESSITY = { REQUIRED: ["必要", "blue"], OPTIONAL: ["非必要", ""], DEFERRABLE: ["可容缺后补", "warn"] };
/** How urgent a lamp shows what it belongs to. */
export const LAMPS = { GREEN: "ok", YELLOW: "warn", RED: "bad" };
/** What is known of a file's content: only what is clean goes without saying. */
export const SCANS = { NOT_SCANNED: ["未扫描", ""], PENDING: ["待安全扫描", "warn"], INFECTED: ["含恶意代码，已隔离", "bad"] };
export const SOURCES = { APPLICANT: "申请人自备", GOVERNMENT: "政府部门核发", OTHER: "其他" };
export const DELIVERY = { COUNTER: "窗口领取", POST: "邮寄", ELECTRONIC: "电子送达" };
export const DELIVER_AT = { HERE: "本中心", ORIGIN: "原收件中心" };
export const TASKS = { INTAKE: "受理审核", REVIEW: "审查", VERIFICATION: "审核", DECISION: "决定", ISSUE: "出件", DELIVERY: "送达" };
export const REVIEW_KINDS = { REVIEW: "审查", VERIFICATION: "审核" };
export const OUTCOMES = { APPROVE: "准予", REJECT: "不予许可", REFUSE: "不予受理", TERMINATE: "终止办理" };
export const CLOCKS = { NOTICE: "受理前告知期限", STATUTORY: "法定时限", PROMISED: "承诺时限", STEP: "环节时限", DELIVERY: "送达时限", PRELIMINARY: "下级初审时限" };

/** What an applicant may agree to, or not. */
export const CONSENTS = { TEXT_MESSAGES: "用短信告知办理进展", ELECTRONIC_DELIVERY: "以电子方式送达结果" };

export const ACTIONS = {
  SUBMIT_CASE: "提交", ADD_MATERIAL: "补充材料", ISSUE_NOTICE: "一次告知", ANSWER_NOTICE: "提交补正", ACCEPT_CASE: "受理", REFUSE_CASE: "不予受理", SETTLE_DEBT: "核对容缺材料", VERIFY_COMMITMENT: "核查承诺",
  START_REVIEW: "开始审查", RECORD_REVIEW: "录入审查意见", DECIDE_CASE: "作出决定", ASSESS_FEE: "核定费用", WAIVE_FEE: "减免费用", RECORD_PAYMENT: "收费", USE_SEAL: "用印", ISSUE_RESULT: "出件", COMPLETE_CASE: "送达办结", WITHDRAW_CASE: "撤回申请", WITHDRAW_CONSENT: "撤回同意", DISCARD_CASE: "删除草稿",
  REBASE_CASE: "改按现行实施清单办理", SUSPEND_CASE: "启动特别程序", RESUME_CASE: "恢复计时", EXTEND_CASE: "延长办理期限", TERMINATE_CASE: "终止办理",
  DISPUTE_COMPLETION: "对办结提出异议", REVOKE_DECISION: "撤销决定", URGE_CASE: "督办", REPLY_URGING: "回复督办",
  RATE_CASE: "评价", ANSWER_RECTIFICATION: "回复差评整改", APPEAL_RATING: "对差评申诉", DECIDE_APPEAL: "裁定差评申诉",
};
export const BECAUSE = {
  ROLE: "岗位没有该项权限", OWN_CASE: "不得办理本人的办件", OWNER: "应由负责决定的中心办理", STATE: "当前状态不适用", REAL_NAME: "需先实名认证",
  OTHER_PERSON: "只能以本人名义申请", REVIEW_MISSING: "有部门尚无审查意见", VERIFICATION_MISSING: "有部门尚无审核意见", NOT_POSTED: "您不是参加审查的部门派驻的人员", UNFAVOURABLE: "审查或审核意见为不同意", NO_DEPARTMENT: "该部门没有入驻本中心，不需要用印",
  CONSULTATION: "疑难会商期间不停止计时", TACIT: "已超过期限，依法视为准予", NO_DEBT: "没有待核对的容缺材料", NO_COMMITMENT: "没有待核查的承诺", NO_BROKEN_COMMITMENT: "没有核查不实且未整改的承诺", NOT_URGED: "没有待回复的督办", EXTENDED: "办理期限已延长过一次",
  OVERDUE: "法定期限已过，不得再延长", STATUTORY: "办理依法定职责进行，不以同意为前提", NO_CONSENT: "没有可撤回的同意",
  RATED: "已经评价过", NO_RECTIFICATION: "没有待整改的差评", NO_BAD_RATING: "没有可申诉的差评", NO_APPEAL: "没有待裁定的申诉",
};
export const COMMITMENTS = { PENDING: ["告知承诺，待核查", ""], KEPT: ["告知承诺，核查属实", "ok"], BROKEN: ["告知承诺，核查不实", "bad"] };
export const LACKS = {
  MISSING: "没有该部门的授权责任书", REVOKED: "授权责任书已收回", NOT_IN_FORCE: "授权责任书不在有效期内", OUTSIDE: "授权责任书不包括该事项",
  FEE_NOT_CHARGED: "没有收费项目", SEAL_REQUIRED: "结果尚未用印", FEE_DUE: "费用尚未缴清", FEE_NOT_ASSESSED: "尚未核定费用",
  DECISION: "尚无决定", SEAL: "结果尚未用印", FEE: "费用尚未缴清", PAPER: "没有结果文书", DEBT: "容缺材料尚未补齐",
  DEBT_OPEN: "容缺材料尚未补齐并核对", DECISION_OUTSIDE_CENTER: "您不是该部门派驻本中心的人员", TASK_CLAIMED: "他人已认领这项工作",
};
export const PAYMENTS = { MOBILE: "移动支付", CARD: "刷卡", CASH: "现金", TRANSFER: "转账" };
export const REFUSAL_GROUNDS = {
  NO_PERMIT_NEEDED: "依法不需要取得行政许可", NOT_COMPETENT: "依法不属于本机关职权范围", NOT_SUPPLEMENTED: "逾期未补正或补正后仍不符合要求",
  BARRED_APPLICANT: "隐瞒情况或提供虚假材料",
};
export const REJECTION_GROUNDS = {
  CONDITIONS_NOT_MET: "不符合法定条件、标准", FALSE_MATERIALS: "隐瞒情况或提供虚假材料", QUANTITY_EXHAUSTED: "有数量限制，名额已满",
  RIGHTS_OF_OTHERS: "损害公共利益或他人重大利益", INSPECTION_FAILED: "检验、检测、检疫或专家评审不合格",
};
export const SEALED = { APPLICANT_NAME: "姓名或名称", APPLICANT_ID_NUMBER: "证件号码", APPLICANT_PHONE: "联系电话" };
export const ID_KINDS = { RESIDENT_ID: "居民身份证", CREDIT_CODE: "统一社会信用代码", PASSPORT: "护照", OTHER: "其他证件" };
export const EXPORTS = {
  WAITING: ["等待", ""], RUNNING: ["导出中", "blue"], READY: ["可下载", "ok"], FAILED: ["失败：已无导出权限", "bad"], CANCELLED: ["已取消", ""], EXPIRED: ["已过期", ""],
};
export const DATA_REQUESTS = { ACCESS: "申请查阅、复制个人信息", CORRECTION: "申请更正个人信息", DELETION: "申请删除个人信息" };
export const DELETED = { DRAFTS: "草稿", MESSAGES: "消息", REQUESTED_VALUES: "申请更正的内容" };
export const KEPT = { CASES: "办件", MESSAGES: "消息", DATA_REQUESTS: "个人信息申请登记", AUDIT_LOG: "操作日志", ACCOUNT: "账号" };
export const DATA_REQUEST_STATES = { OPEN: ["待答复", "warn"], GRANTED: ["已同意", "ok"], REFUSED: ["不同意", "bad"] };
export const CORRECTED = { NAME: "姓名或名称", PHONE: "联系电话" };
export const UNNAMED = { REVIEW_BODY: "复议机关", COURT: "管辖法院" };
export const PAPERS = {
  INTAKE_RECEIPT: "收件回执", NOTICE: "一次告知书", COMMITMENT: "告知承诺书", ACCEPTANCE: "受理通知书", REFUSAL: "不予受理通知书", APPROVAL: "准予决定书", REJECTION: "不予决定书",
  EXTENSION: "延期告知书", SPECIAL_PROCEDURE: "特别程序告知书", TERMINATION: "终止办理告知书", REVOCATION: "撤销决定书", RESULT: "办理结果", DELIVERY_RECORD: "送达回证",
};
/** What a center's own words on a paper may name. */
export const PLACEHOLDERS = { name: "申请人", matter: "事项", number: "办件编号", submitted: "提交日期", department: "承办部门", organ: "落款机关", text: "法律要求写明的内容" };
