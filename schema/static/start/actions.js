// What may be done to a case now: the API says which, each opens a small form of its own.

import { mutate, newKey, query } from "./api.js";
import { commitmentFields } from "./commitment.js";
import { busy, chip, el, field, filePicker, fill, select, toast } from "./dom.js";
import * as samples from "./samples.js";
import { ACTIONS, BECAUSE, CONSENTS, DELIVERY, LACKS, PAYMENTS, REFUSAL_GROUNDS, REJECTION_GROUNDS, sealText } from "./texts.js";

const area = (value = "") => el("textarea", { value, maxlength: 2000 });
const options = (texts) => Object.entries(texts);

/** What a defect or an answer is about: a material, a condition, else the application form. */
export function defectName(item, { materialCode, conditionCode }) {
  if (conditionCode) return item.offering.acceptanceConditions.find(({ code }) => code === conditionCode)?.text ?? "受理条件";
  return item.materials.find(({ code }) => code === materialCode)?.name ?? "申请表";
}

/** Action → the shipped operation, a word of explanation, and its form: fields and what they say. */
const FORMS = {
  ACCEPT_CASE(item) {
    const lacking = item.materials.filter((material) => material.necessity === "DEFERRABLE" && !material.droppedAt && !material.files.length && !isCommitted(item, material.code));
    const note = "受理后开始计算办理时限，并生成受理通知书。";
    if (!lacking.length) return { run: "AcceptCase", note, fields: [], read: () => ({}) };
    const choice = select([["false", "不容缺，等材料补齐再受理"], ["true", "容缺受理，告知补交期限"]]);
    const names = lacking.map((material) => material.name).join("、");
    return { run: "AcceptCase", note: `${note}尚缺可容缺后补的材料：${names}。`, fields: [field("容缺受理", choice)], read: () => ({ withGap: choice.value === "true" }) };
  },
  SETTLE_DEBT(item) {
    const came = item.debts.filter((debt) => debt.isOpen && debt.arrivedAt);
    const debt = select(came.map(({ materialCode, name }) => [materialCode, name]));
    const outcome = select([["true", "符合要求"], ["false", "退回重新补交"]]);
    const text = area();
    return { run: "SettleDebt", fields: [field("容缺材料", debt), field("核对结果", outcome), field("退回原因", text)], read: () => ({ materialCode: debt.value, isAccepted: outcome.value === "true", text: text.value }) };
  },
  VERIFY_COMMITMENT(item) {
    const pending = item.commitments.filter((each) => each.state === "PENDING" && !each.droppedAt);
    const commitment = select(pending.map(({ materialCode, name }) => [materialCode, name]));
    const outcome = select([["true", "属实"], ["false", "不实"]]);
    const text = area();
    return { run: "VerifyCommitment", fields: [field("承诺代替的材料", commitment), field("核查结果", outcome), field("核查方式和理由", text)], read: () => ({ materialCode: commitment.value, isKept: outcome.value === "true", reason: text.value }) };
  },
  REVOKE_DECISION() {
    const text = area();
    return { run: "RevokeDecision", isGrave: true, note: "撤销准予决定，并作废据此颁发的文书。", fields: [field("撤销理由", text)], read: () => ({ reason: text.value }) };
  },
  START_REVIEW: () => ({ run: "StartReview", note: "进入审查：参加的每个部门各由一人审查、另一人审核。", fields: [], read: () => ({}) }),
  REFUSE_CASE() {
    const ground = select(options(REFUSAL_GROUNDS));
    const text = area();
    return { run: "RefuseCase", isGrave: true, fields: [field("法定依据", ground), field("理由", text)], read: () => ({ groundCode: ground.value, text: text.value }) };
  },
  ISSUE_NOTICE(item) {
    const things = [
      { name: "申请表", of: {} },
      ...item.materials.map(({ code, name }) => ({ name, of: { materialCode: code } })),
      ...item.offering.acceptanceConditions.map(({ code, text }) => ({ name: `受理条件：${text}`, of: { conditionCode: code } })),
    ];
    const rows = things.map((thing) => ({ ...thing, text: el("input", { maxlength: 500, placeholder: "缺什么、怎么补；没有问题就空着" }) }));
    return {
      run: "IssueNotice",
      note: "请把需要补正的全部内容一次列明。",
      fields: rows.map(({ name, text }) => field(name, text)),
      read: () => ({ defects: rows.filter(({ text }) => text.value.trim()).map(({ of, text }) => ({ ...of, text: text.value })) }),
    };
  },
  ANSWER_NOTICE(item) {
    const defects = item.notices.at(-1).defects.filter((defect) => defect.suppliedBy === "APPLICANT" && !defect.answeredAt);
    const name = (defect) => defectName(item, defect);
    const rows = defects.map((defect) => ({ defect, file: defect.materialCode ? new FileRow(defect.materialCode, name(defect)) : null, text: el("input", { maxlength: 500 }) }));
    return {
      run: "AnswerNotice",
      note: "每一项上传新文件，或用文字答复。",
      fields: rows.map(({ defect, file, text }) => el("fieldset", {}, el("legend", {}, `${name(defect)}：${defect.text}`), file?.node, field("文字答复", text))),
      read: () => ({
        answers: rows.filter(({ text }) => text.value.trim()).map(({ defect, text }) => ({ materialCode: defect.materialCode, conditionCode: defect.conditionCode, text: text.value })),
        materials: rows.filter(({ file }) => file?.chosen.length).map(({ defect, file }) => ({ materialCode: defect.materialCode, files: file.chosen })),
      }),
    };
  },
  ADD_MATERIAL(item, { isStaff }) {
    const which = select([...item.materials.map((material) => [material.code, material.name]), ["", "其他材料…"]]);
    const name = el("input", { maxlength: 100 });
    const nameField = field("材料名称", name);
    const file = new FileRow("sample", "补充材料");
    const commitment = el("div");
    let told = [];
    let notice = null;
    const show = () => {
      nameField.hidden = which.value !== "";
      notice = null;
      file.node.hidden = false;
      const material = told.find(({ code }) => code === which.value);
      fill(commitment, material && commitmentFields(material, { isApplicant: !isStaff, onChange: (isCommitted) => {
        notice = isCommitted ? material.commitmentNotice : null;
        file.node.hidden = isCommitted;
      } }));
    };
    which.addEventListener("change", show);
    show();
    committable(item).then((found) => { told = found; show(); }, (error) => toast(error.message, "bad"));
    return {
      run: "AddMaterial",
      fields: [field("哪一项", which), nameField, commitment, file.node],
      read: () => ({ materialCode: which.value, materialName: which.value ? "" : name.value, ...(notice ? { files: [], commitment: notice } : { files: file.chosen }) }),
    };
  },
  RECORD_REVIEW(item, { posted }) {
    const takingPart = [...new Set(item.tasks.map((task) => task.department))];
    const own = takingPart.filter((name) => [posted?.name, posted?.code].includes(name)); // whom one of them posts speaks for that one
    const department = select((own.length ? own : takingPart).map((name) => [name, name]));
    const departmentField = field("代表部门", department);
    departmentField.hidden = takingPart.length < 2;
    const open = item.tasks.find((task) => !task.recordedAt && (!own.length || own.includes(task.department)));
    if (open) department.value = open.department;
    const kind = select([["REVIEW", "审查（一审）"], ["VERIFICATION", "审核（一核）"]]);
    const next = () => {
      const isReviewed = item.tasks.some((task) => task.department === department.value && task.kind === "REVIEW" && task.recordedAt);
      kind.value = isReviewed ? "VERIFICATION" : "REVIEW";
    };
    department.addEventListener("change", next);
    next();
    const favourable = select([["yes", "同意"], ["no", "不同意"]]);
    const against = groundFields(item);
    const show = () => against.show(favourable.value === "no");
    favourable.addEventListener("change", show);
    show();
    const opinion = area("申请材料齐全，符合法定条件、标准，同意。");
    return { run: "RecordReview", note: "每个部门的审查和审核须由两个人分别完成；各部门同时审查，互不等待。", fields: [departmentField, field("环节", kind), field("结论", favourable), ...against.fields, field("意见", opinion)], read: () => ({ department: department.value, kind: kind.value, isFavourable: favourable.value === "yes", opinion: opinion.value, grounds: favourable.value === "no" ? [{ groundCode: against.ground.value, ...subjectOf(against.subject.value) }] : [], overrideReason: favourable.value === "no" ? against.reason.value : "" }) };
  },
  DECIDE_CASE(item) {
    const decision = select([["APPROVE", "准予"], ["REJECT", "不予许可"]]);
    const against = groundFields(item, "按审查意见");
    const text = area();
    const show = () => against.show(decision.value === "REJECT");
    decision.addEventListener("change", show);
    show();
    return { run: "DecideCase", fields: [field("决定", decision), ...against.fields, field("说明", text)], read: () => (decision.value === "REJECT" ? { decision: "REJECT", groundCode: against.ground.value, subjects: against.subject.value ? [subjectOf(against.subject.value)] : [], overrideReason: against.reason.value, text: text.value } : { decision: "APPROVE", text: text.value }) };
  },
  ASSESS_FEE(item) {
    const name = el("input", { required: true, maxlength: 200, value: item.fees?.lines[0]?.item ?? "" });
    const quantity = el("input", { type: "number", min: 1, value: "1" });
    const amount = el("input", { inputmode: "decimal", maxlength: 16 });
    return {
      run: "AssessFee",
      note: "收费项目须与实施清单一致；已列明标准的不填金额。",
      fields: [field("收费项目", name), field("数量", quantity), field("单价（元）", amount, "实施清单没有列明标准时填写")],
      read: () => ({ items: [{ item: name.value, quantity: Number(quantity.value), amount: amount.value || null }] }),
    };
  },
  WAIVE_FEE(item) {
    const amount = el("input", { required: true, inputmode: "decimal", maxlength: 16, value: item.fees?.due ?? "" });
    const basis = el("input", { required: true, maxlength: 200 });
    return { run: "WaiveFee", note: "减免须有依据。", fields: [field("金额（元）", amount), field("批准文件", basis, "文号或名称")], read: () => ({ amount: amount.value, document: basis.value }) };
  },
  RECORD_PAYMENT(item) {
    const amount = el("input", { required: true, inputmode: "decimal", maxlength: 16, value: item.fees?.due ?? "" });
    const method = select(options(PAYMENTS));
    const receipt = el("input", { required: true, maxlength: 40 });
    return { run: "RecordPayment", fields: [field("金额（元）", amount), field("方式", method), field("票据号码", receipt)], read: () => ({ amount: amount.value, method: method.value, receipt: receipt.value }) };
  },
  USE_SEAL(item, { where }) {
    const seal = el("select", { required: true });
    const former = sealOn(item);
    const kept = field("印章", seal, "正在读取您保管的印章…");
    query("Organizations", {}, where).then(({ seals }) => {
      fill(seal, seals.edges.map(({ node }) => el("option", { value: node.code }, `${node.code} ${node.name}`)));
      if (former) seal.value = former.code;
      kept.lastChild.textContent = seals.edges.length ? "您保管的印章" : "您没有保管的印章，请由印章保管人用印。";
    }, (error) => { kept.lastChild.textContent = error.message; });
    const again = former ? `已用印：${sealText(former)}。用错了才再次用印，以最后一次为准。` : "";
    if (item.state === "REVOKED") return { run: "UseSeal", note: again || "由印章保管人在撤销决定书上用印，每次用印都有登记。", fields: [kept], read: () => ({ seal: seal.value }) };
    const name = el("input", { maxlength: 100, value: item.decision?.outcome === "REJECT" ? "" : item.offering.resultName ?? "" });
    const number = el("input", { maxlength: 100 });
    const until = el("input", { type: "date" });
    return {
      run: "UseSeal",
      note: again || "由印章保管人用印，每次用印都有登记。",
      fields: [kept, field("结果名称", name), field("结果编号", number, "证照或文书自己的编号，可不填"), field("有效期至", until, "长期有效的不填")],
      read: () => ({ seal: seal.value, resultName: name.value, resultNumber: number.value, validTo: until.value || null }),
    };
  },
  ISSUE_RESULT(item, { where: { center } }) {
    const place = select([["HERE", "在本中心领取"], ...(item.home.code === center ? [] : [["ORIGIN", `交回收件中心（${item.home.name}）送达`]])], { value: item.home.code === center ? "HERE" : "ORIGIN" });
    if (item.seal) return { run: "IssueResult", note: `按已用印的结果出件：${item.seal.resultName} ${item.seal.resultNumber}`, fields: [field("送到哪里", place)], read: () => ({ deliverAt: place.value }) };
    const name = el("input", { maxlength: 100, value: item.offering.resultName ?? "" });
    const number = el("input", { maxlength: 100 });
    return { run: "IssueResult", fields: [field("送到哪里", place), field("结果名称", name), field("结果编号", number, "证照或文书自己的编号，可不填")], read: () => ({ deliverAt: place.value, resultName: name.value, resultNumber: number.value }) };
  },
  COMPLETE_CASE() {
    const method = select(options(DELIVERY));
    const receiver = el("input", { required: true, maxlength: 100 });
    const note = el("input", { maxlength: 200 });
    const tracking = el("input", { maxlength: 40 });
    const trackingField = field("邮件号码", tracking);
    const show = () => { trackingField.hidden = method.value !== "POST"; };
    method.addEventListener("change", show);
    show();
    return { run: "CompleteCase", note: "确认结果已送到申请人手里，并生成送达回证。", fields: [field("送达方式", method), trackingField, field("签收人", receiver), field("备注", note)], read: () => ({ delivery: { method: method.value, receiverName: receiver.value, note: note.value, trackingNumber: method.value === "POST" ? tracking.value : "" } }) };
  },
  WITHDRAW_CASE() {
    const reason = area();
    return { run: "WithdrawCase", isGrave: true, fields: [field("原因", reason)], read: () => ({ reason: reason.value }) };
  },
  WITHDRAW_CONSENT(item) {
    const refused = new Set(item.consents.filter((each) => !each.isGiven || each.withdrawnAt).map((each) => each.kind));
    const kind = select(options(CONSENTS).filter(([name]) => !refused.has(name)));
    return { run: "WithdrawConsent", note: "撤回之前已经做的不受影响，办理照常进行，站内消息照常发送。", fields: [field("不再同意", kind)], read: () => ({ kind: kind.value }) };
  },
};

/** The seal on what of a case is sealed now: the letter of its revocation, else its result. */
const sealOn = (item) => (item.state === "REVOKED" ? item.decision.revocation.seal : item.seal);

/** Whether a commitment stands for a material. */
const isCommitted = (item, code) => item.commitments.some((each) => each.materialCode === code && each.state !== "BROKEN" && !each.droppedAt);

/** What of a case nothing came of yet, and the applicant may commit to, with what is told before. */
async function committable(item) {
  const { code, variant, answers } = item.offering;
  const choice = { variant: variant?.serial ?? "", answers: answers.map(({ question, option }) => ({ question, option })) };
  const { offering } = await query("Guide", { code, ...choice }, { center: item.owner.code });
  const lacking = item.materials.filter((material) => !material.files.length && !isCommitted(item, material.code));
  return offering.guide.materials.filter((material) => material.commitment && lacking.some((each) => each.code === material.code));
}

/** Files for one material, chosen or made up. */
class FileRow {
  constructor(code, name) {
    this.chosen = [];
    const names = el("span", { class: "soft" }, "还没有文件");
    const choose = (files) => {
      this.chosen = files;
      names.textContent = files.map((file) => file.name).join("、") || "还没有文件";
    };
    const { input, button } = filePicker(`${name}的文件`, () => choose([...input.files]));
    const sample = el("button", { type: "button", class: "small plain", onclick: () => choose([samples.pdf(code, name)]) }, "附上样例 PDF");
    this.node = el("div", { class: "buttons" }, button, sample, names);
  }
}

/** The buttons of a case; an open form stays open while the case changes around it. */
export class ActionPanel {
  constructor(place, onDone) {
    this.onDone = onDone;
    this.buttons = el("div", { class: "buttons" });
    this.form = el("div");
    this.why = el("div");
    fill(place, this.panel = el("section", { class: "card box actions", "aria-label": "可以办理" }, this.buttons, this.form, this.why));
  }

  /** Show what can be done to `item`, at the center that `where` names. */
  show(item, where, { canOffer, isStaff, department }) {
    this.item = item;
    this.department = department;
    this.isStaff = isStaff;
    this.where = where;
    const known = item.availableActions.filter((entry) => FORMS[entry.action]);
    const possible = known.filter((entry) => entry.isAvailable).map((entry) => entry.action);
    const isVerified = item.tasks.length > 0 && item.tasks.every((task) => task.recordedAt);
    const review = isVerified ? ["DECIDE_CASE", "RECORD_REVIEW"] : ["RECORD_REVIEW", "DECIDE_CASE"];
    const order = ["ACCEPT_CASE", "START_REVIEW", ...review, ...(item.seal ? ["ISSUE_RESULT", "USE_SEAL"] : ["USE_SEAL", "ISSUE_RESULT"]), "RECORD_PAYMENT", "ASSESS_FEE", "WAIVE_FEE", "COMPLETE_CASE", "SETTLE_DEBT", "VERIFY_COMMITMENT", "REVOKE_DECISION", "ANSWER_NOTICE", "ISSUE_NOTICE", "ADD_MATERIAL", "REFUSE_CASE", "WITHDRAW_CASE", "WITHDRAW_CONSENT"];
    possible.sort((a, b) => order.indexOf(a) - order.indexOf(b));
    if (this.open && !possible.includes(this.open) && this.open !== "OFFER") this.shut();
    const mayOffer = canOffer && item.custody === "HELD" && item.owner.code !== where.center && item.state === "SUBMITTED";
    fill(this.buttons,
      mayOffer && el("button", { type: "button", onclick: () => this.begin("OFFER") }, "移交给下一站"),
      possible.map((action, n) => {
        const grave = ["REFUSE_CASE", "REVOKE_DECISION", "WITHDRAW_CASE"].includes(action);
        const isNext = n === 0 && !mayOffer && !(action === "USE_SEAL" && sealOn(item));
        return el("button", { type: "button", class: grave ? "danger" : isNext ? "" : "plain", "aria-expanded": this.open === action, onclick: () => this.begin(action) }, ACTIONS[action]);
      }),
      !possible.length && !mayOffer && el("p", { class: "soft" }, item.custody === "IN_TRANSIT" ? "移交途中：对方接收或退回之前，这里不能操作。" : item.custody === "ELSEWHERE" ? `现由 ${item.custodian.name} 办理，这里可以随时看进展。` : "现在没有您可以做的操作。"));
    const why = (entry) => BECAUSE[entry.reason] ?? LACKS[entry.reason] ?? LACKS[entry.code];
    const refused = known.filter((entry) => !entry.isAvailable && why(entry) && entry.reason !== "STATE");
    fill(this.why, isStaff && refused.length > 0 && el("details", { class: "why" }, el("summary", {}, "其他操作为什么不能做"),
      el("ul", {}, refused.map((entry) => el("li", {}, chip(ACTIONS[entry.action]), " ", why(entry))))));
  }

  begin(action) {
    if (this.open === action) {
      this.shut();
      return;
    }
    this.open = action;
    this.key = newKey();
    const form = action === "OFFER" ? offerForm() : FORMS[action](this.item, { where: this.where, posted: this.department, isStaff: this.isStaff });
    const fault = el("div");
    const go = el("button", { type: "submit", class: form.isGrave ? "danger" : "" }, `确认${action === "OFFER" ? "移交" : ACTIONS[action]}`);
    const node = el("form", { class: "small-form" }, form.note && el("p", { class: "soft" }, form.note), form.fields, fault,
      el("div", { class: "buttons" }, go, el("button", { type: "button", class: "plain", onclick: () => this.shut() }, "取消")));
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(go, () => this.run(form, action), fault);
    });
    fill(this.form, node);
    (node.querySelector("input, select, textarea") ?? go).focus();
    for (const button of this.buttons.querySelectorAll("button")) button.setAttribute("aria-expanded", String(button.textContent === ACTIONS[action]));
  }

  async run(form, action) {
    const input = { number: this.item.number, idempotencyKey: this.key, ...form.read() };
    if (action !== "OFFER") input.expectedVersion = this.item.version;
    let payload;
    this.panel.inert = true; // the next step is taken on what this one leads to
    try {
      payload = await mutate(form.run, input, this.where);
    } catch (error) {
      if (error.code !== "NETWORK") this.key = newKey(); // refused: what is sent next is another intention
      this.panel.inert = false;
      throw error;
    }
    toast(payload.pending ? `已转交 ${this.item.custodian.name}，结果会自动出现。` : `已${action === "OFFER" ? "移交" : ACTIONS[action]}`, "ok");
    this.shut();
    try {
      await this.onDone();
    } finally {
      this.panel.inert = false;
    }
  }

  shut() {
    this.open = null;
    fill(this.form);
    for (const button of this.buttons.querySelectorAll("button")) button.setAttribute("aria-expanded", "false");
  }
}

function offerForm() {
  const reason = area();
  return { run: "OfferHandoff", note: "按事项和申请人所在地移交；对方接收之前，办件在途。", fields: [field("附言", reason)], read: () => ({ reason: reason.value }) };
}

/** The fields of what speaks against an application; `none` is what no subject of it means. */
function groundFields(item, none = "（不针对具体条件或材料）") {
  const ground = select(options(REJECTION_GROUNDS));
  const subject = select([
    ["", none],
    ...item.offering.acceptanceConditions.map((condition) => [`C:${condition.code}`, condition.text]),
    ...item.materials.filter((material) => !material.droppedAt).map((material) => [`M:${material.code}`, material.name]),
  ]);
  const reason = el("input", { maxlength: 2000, placeholder: "推翻此前已确认的内容时填写" });
  const fields = [field("法定依据", ground), field("针对的条件或材料", subject), field("推翻理由", reason)];
  return { ground, subject, reason, fields, show: (isShown) => { for (const each of fields) each.hidden = !isShown; } };
}

const subjectOf = (value) => (value.startsWith("C:") ? { conditionCode: value.slice(2) } : { materialCode: value.slice(2) });
