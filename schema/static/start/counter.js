// 个人信息: what a window asks for whoever stands there, and what of it is printed for them.

import { mutate, newKey, query } from "./api.js";
import { busy, chip, el, facts, field, fill, select, toast } from "./dom.js";
import { deletionList } from "./mydata.js";
import { CHANNELS, CORRECTED, DATA_REQUESTS, DATA_REQUEST_STATES, ID_KINDS, PAPERS, STATES, day, exact, grouped, time } from "./texts.js";

const KINDS = ["RESIDENT_ID", "PASSPORT", "OTHER"].map((kind) => [kind, ID_KINDS[kind]]);

/** A card for a window: to enter a request, and those that windows entered, the latest first. */
export async function counterCard(app) {
  const list = el("div");
  const load = async () => {
    const { dataRequests } = await query("DataRequests", { first: 50 }, app.where());
    const found = dataRequests.edges.map(({ node }) => node).filter(({ counter }) => counter);
    fill(list, found.length ? found.map((each) => el("div", { class: "part" }, line(each), each.answer && el("p", { class: "quote" }, each.answer),
      el("button", { type: "button", class: "small plain", onclick: () => print(sheet(app, each)) }, each.state === "OPEN" ? "打印登记单" : "打印答复"))) : el("p", { class: "soft" }, "窗口还没有代为提出过申请。"));
  };
  const form = await enterForm(app, load);
  await load();
  return [el("section", { class: "card box" }, el("h2", {}, "代为提出个人信息申请"), el("p", { class: "soft" }, "为到窗口的本人（或持授权委托书的代办人）提出；由管理办答复，提出的人不得答复。"), form),
    el("section", { class: "card box" }, el("h2", {}, "窗口提出的申请"), list)];
}

/** What a window recorded of who asked, in one line. */
export const recorded = ({ enteredBy, idKind, idNumberMasked, agent, deed }) => `窗口代为提出：${enteredBy}；${ID_KINDS[idKind]} ${idNumberMasked}${agent ? `；代办人 ${agent.nameMasked} ${ID_KINDS[agent.idKind]} ${agent.idNumberMasked}，${deed}` : ""}`;

/** The copy that a request grants, as a page to hand out; the file has every detail. */
export async function printCopy({ url }) {
  const copy = await (await fetch(new URL(url).pathname)).json();
  print(el("h1", {}, "个人信息副本"), facts([["中心", copy.center], ["制作时间", exact(copy.made_at)]]),
    copy.cases.length === 0 && el("p", {}, "本中心没有您的办件。"),
    copy.cases.map((each) => [el("h2", {}, `${each.matter_name} ${grouped(each.number)}`), facts([
      ["申请人", each.applicant.name], [ID_KINDS[each.applicant.id_kind], each.applicant.id], ["联系电话", each.applicant.phone],
      ["状态", STATES[each.state.toUpperCase()][0]], ["提交方式", CHANNELS[each.channel.toUpperCase()]], ["提交时间", exact(each.submitted_at)],
      ...Object.entries(each.form).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
      ...each.materials.filter(({ files }) => files.length).map(({ name, files }) => [name, files.map(({ filename }) => filename).join("、")]),
      ...each.papers.map(({ kind, number, created_at: at }) => [PAPERS[kind.toUpperCase()], `${number}，${exact(at)}`]),
    ])]),
    el("h2", {}, "发给您的消息"), el("ul", {}, copy.messages.map(({ created_at: at, text }) => el("li", {}, `${exact(at)} ${text}`))),
    el("h2", {}, "您的个人信息申请"), el("ul", {}, copy.data_requests.map(({ kind, state, requested_at: at, answer }) => el("li", {}, `${exact(at)} ${DATA_REQUESTS[kind.toUpperCase()]} ${DATA_REQUEST_STATES[state.toUpperCase()][0]} ${answer}`))));
}

function line({ kind, state, requesterNameMasked, requestedAt, dueAt, counter }) {
  return el("p", {}, el("b", {}, `${requesterNameMasked} ${DATA_REQUESTS[kind]}`), " ", chip(...DATA_REQUEST_STATES[state]), " ",
    el("span", { class: "soft" }, `${time(requestedAt)}，${state === "OPEN" ? `${day(dueAt)}前答复；` : ""}${recorded(counter)}`));
}

function sheet(app, { id, kind, state, requesterNameMasked, text, caseNumber, field: which, valueMasked, requestedAt, dueAt, answeredAt, answeredBy, answer, deletion, copyUntil, counter }) {
  const isOpen = state === "OPEN";
  return [el("h1", {}, isOpen ? "个人信息申请登记单" : "个人信息申请答复"), facts([
    ["中心", app.session.center.name], ["登记号", id], ["申请人", `${requesterNameMasked} ${ID_KINDS[counter.idKind]} ${counter.idNumberMasked}`],
    ["代办人", counter.agent && `${counter.agent.nameMasked} ${ID_KINDS[counter.agent.idKind]} ${counter.agent.idNumberMasked}`], ["授权委托书", counter.deed],
    ["申请事项", DATA_REQUESTS[kind]], ["更正内容", caseNumber && `办件 ${grouped(caseNumber)}：${CORRECTED[which]}改为 ${valueMasked}`], ["说明", text],
    ["告知书版本", counter.noticeVersion], ["提出时间", exact(requestedAt)], ["登记人", counter.enteredBy],
    ["答复期限", isOpen && day(dueAt)], ["答复", !isOpen && DATA_REQUEST_STATES[state][0]], ["答复时间", exact(answeredAt)], ["答复人", answeredBy], ["答复内容", answer],
    ["领取副本", copyUntil && `${day(copyUntil)}前持本人证件到本中心管理办领取`],
  ].filter(([, value]) => value)), deletion && deletionList(deletion),
  isOpen && el("p", {}, `${counter.isTexted ? "答复后以短信告知，" : ""}也可以持本人证件到窗口查询答复。申请人（代办人）签名：`),
  state === "REFUSED" && el("p", {}, "不服的，可以依法向人民法院提起诉讼（个人信息保护法第五十条）。")];
}

/** Print this and nothing else of the page. */
function print(...content) {
  const page = el("section", { class: "sheet" }, content);
  document.body.append(page);
  addEventListener("afterprint", () => page.remove(), { once: true });
  globalThis.print();
}

async function enterForm(app, load) {
  const { privacyNotice } = await query("PrivacyNotice");
  const kind = select(Object.entries(DATA_REQUESTS));
  const text = (attributes) => el("input", { autocomplete: "off", maxlength: 100, ...attributes });
  const [idKind, agentKind] = [select(KINDS), select(KINDS)];
  const [name, number, phone] = [text({ required: true }), text({ required: true }), text({ type: "tel" })];
  const [agent, agentNumber, agentPhone, deed] = [text(), text(), text({ type: "tel" }), text({ maxlength: 500 })];
  const [caseNumber, which, value] = [text(), select(Object.entries(CORRECTED)), text()];
  const said = el("textarea", { maxlength: 500 });
  const texted = el("input", { type: "checkbox", id: "data-texted" });
  const correction = el("div", { class: "grid" }, field("办件编号", caseNumber), field("哪一项", which), field("正确的内容", value, "加密保存，只显示掩码"));
  const relabel = () => { correction.hidden = kind.value !== "CORRECTION"; };
  kind.addEventListener("change", relabel);
  relabel();
  const fault = el("div");
  const go = el("button", { type: "submit" }, "提出");
  const form = el("form", { class: "stack" },
    el("div", { class: "grid" }, field("申请事项", kind), field("姓名", name), field("出示的证件", idKind), field("证件号码", number, "加密保存，只显示掩码"), field("联系电话", phone, "可不填")),
    correction, field("说明", said, "可不填"),
    el("details", {}, el("summary", {}, "由代办人提出"), el("div", { class: "grid" }, field("代办人姓名", agent), field("代办人证件", agentKind), field("代办人证件号码", agentNumber), field("代办人电话", agentPhone), field("授权委托书", deed, "何人何日出具，是否核对原件"))),
    el("details", {}, el("summary", {}, "个人信息处理告知书（请先向申请人说明）"), privacyNotice.text.trim().split("\n").map((each) => el("p", {}, each))),
    el("label", { class: "check", for: "data-texted" }, texted, "申请人同意以短信告知已经答复"), fault, el("div", { class: "buttons" }, go));
  let [key, sent] = [newKey(), ""];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(go, async () => {
      const handler = agent.value && { name: agent.value, idKind: agentNumber.value ? agentKind.value : null, idNumber: agentNumber.value, phone: agentPhone.value };
      const input = {
        kind: kind.value, text: said.value,
        presented: {
          applicant: { kind: "NATURAL", name: name.value, idKind: idKind.value, idNumber: number.value, phone: phone.value, ...(handler && { handler }) },
          consent: { noticeVersion: privacyNotice.version, textMessages: texted.checked },
          deed: deed.value,
        },
        ...(kind.value === "CORRECTION" && { correction: { caseNumber: caseNumber.value, field: which.value, value: value.value } }),
      };
      if (sent !== JSON.stringify(input)) [key, sent] = [newKey(), JSON.stringify(input)];
      const { request } = await mutate("RequestData", { ...input, idempotencyKey: key }, app.where());
      toast(`已提出，${day(request.dueAt)}前答复`, "ok");
      form.reset();
      relabel();
      await load();
    }, fault);
  });
  return form;
}
