// 管理: what the management office answers and settles: requests about personal data, letterheads, wordings.

import { allNodes, mutate, newKey, query } from "./api.js";
import { busy, chip, el, field, fill, select, toast } from "./dom.js";
import { counterCard, printCopy, recorded } from "./counter.js";
import { deletionList } from "./mydata.js";
import { CORRECTED, DATA_REQUESTS, PAPERS, PLACEHOLDERS, UNNAMED, day, grouped, time } from "./texts.js";

const ELEMENTS = { name: "名称（落款）", secondLine: "第二行", address: "地址", phone: "电话", reviewBody: "复议机关", court: "管辖法院" };

export async function showOffice(app, main) {
  const manages = app.may(["MANAGER"]);
  const cards = await Promise.all([app.may(["CLERK", "STATION_OPERATOR"]) && counterCard(app), ...(manages ? [requestsCard(app), letterheadCard(app), wordingCard(app)] : [])]);
  fill(main, el("h1", {}, manages ? "管理" : "个人信息"), cards);
}

async function requestsCard(app) {
  const list = el("div");
  const load = async () => {
    const found = await allNodes("DataRequests", "dataRequests", { state: "OPEN" }, app.where());
    const previews = await Promise.all(found.map(({ id, kind }) => (kind === "DELETION" ? query("DeletionPreview", { id }, app.where()) : {})));
    const copies = await granted();
    fill(list, found.length ? found.map((each, place) => request({ ...each, preview: previews[place].deletionPreview })) : el("p", { class: "soft" }, "没有待答复的申请。"),
      copies.map((each) => el("div", { class: "part" }, el("p", {}, el("b", {}, `${each.requesterNameMasked} 领取副本`), " ", chip(`保留到 ${day(each.copyUntil)}`), " ", el("span", { class: "soft" }, recorded(each.counter))),
        el("div", { class: "buttons" }, handOut(each, "核对证件后打印副本", printCopy), handOut(each, "下载副本文件", ({ url }) => location.assign(url))))));
  };
  const granted = async () => {
    const { dataRequests } = await query("DataRequests", { state: "GRANTED", kind: "ACCESS", first: 50 }, app.where());
    return dataRequests.edges.map(({ node }) => node).filter(({ counter, url }) => counter && url);
  };
  // A link is good for ten minutes: it is asked for when the person has come.
  const handOut = ({ id }, text, work) => el("button", { type: "button", class: "small plain", onclick: (event) => busy(event.target, async () => {
    await work((await granted()).find((each) => each.id === id));
  }) }, text);
  const request = ({ id, kind, requesterNameMasked, text, caseNumber, field: which, valueMasked, requestedAt, dueAt, isOverdue, counter, preview }) => {
    const outcome = select([["true", "同意"], ["false", "不同意"]]);
    const reply = el("textarea", { maxlength: 2000 });
    const fault = el("div");
    const go = el("button", { type: "submit", class: "small" }, "答复");
    const form = el("form", { class: "small-form" }, field("答复", outcome), field("说明", reply, "不同意的，写明理由"), fault, el("div", { class: "buttons" }, go));
    const key = newKey();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(go, async () => {
        await mutate("AnswerDataRequest", { id, isGranted: outcome.value === "true", text: reply.value, idempotencyKey: key }, app.where());
        toast("已答复", "ok");
        await load();
      }, fault);
    });
    return el("div", { class: "part" },
      el("p", {}, el("b", {}, `${requesterNameMasked} ${DATA_REQUESTS[kind]}`), " ", chip(`${day(dueAt)}前答复`, isOverdue ? "bad" : "warn"), " ", el("span", { class: "soft" }, time(requestedAt))),
      counter && el("p", {}, recorded(counter)),
      caseNumber && el("p", {}, `办件 ${grouped(caseNumber)}：${CORRECTED[which]}改为 ${valueMasked}`),
      text && el("p", { class: "quote" }, text), preview && deletionList(preview), form);
  };
  await load();
  return el("section", { class: "card box" }, el("h2", {}, "个人信息查阅、更正、删除申请"), list);
}

async function letterheadCard(app) {
  const departments = await allNodes("Organizations", "organizations", {}, app.where());
  const whose = select([["", "本中心"], ...departments.map(({ code, name }) => [code, name])]);
  const place = el("div");
  const show = async () => {
    const { letterheads } = await query("Letterheads", {}, app.where());
    const center = letterheads.find((each) => each.department === null);
    const found = letterheads.find((each) => (each.department ?? "") === whose.value) ?? { ...center, own: {}, version: 0 };
    const inputs = Object.fromEntries(Object.keys(ELEMENTS).map((name) => [name, el("input", { value: found.own[name] ?? "", placeholder: found.effective[name] })]));
    const fault = el("div");
    const go = el("button", { type: "submit" }, "保存");
    const form = el("form", { class: "stack" }, el("div", { class: "grid" }, Object.entries(ELEMENTS).map(([name, text]) => field(text, inputs[name]))),
      found.unnamed.length > 0 && el("p", { class: "notice warn" }, `文书上还写不出：${found.unnamed.map((each) => UNNAMED[each]).join("、")}。`),
      el("p", { class: "soft" }, `文书上的救济途径：${found.remedies.text}`), fault, el("div", { class: "buttons" }, go));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(go, async () => {
        const said = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
        await mutate("SetLetterhead", { department: whose.value || null, ...said, expectedVersion: found.version }, app.where());
        toast("已保存，今后的文书按此出具", "ok");
        await show();
      }, fault);
    });
    fill(place, form);
  };
  whose.addEventListener("change", () => busy(whose, show));
  await show();
  return el("section", { class: "card box stack" }, el("h2", {}, "文书抬头和救济途径"), field("谁的文书", whose, "空着的，部门用本中心的；已经发出的文书不变。"), place);
}

async function wordingCard(app) {
  const which = select(Object.entries(PAPERS));
  const place = el("div");
  const show = async () => {
    const { paperWordings } = await query("PaperWordings", {}, app.where());
    const found = paperWordings.find(({ kind }) => kind === which.value);
    const opening = el("textarea", { value: found.opening, placeholder: found.defaultOpening, maxlength: 300 });
    const notes = el("textarea", { value: found.notes.join("\n") });
    const names = found.placeholders.map((name) => `{${name}} ${PLACEHOLDERS[name]}`).join("，");
    const fault = el("div");
    const specimen = el("div");
    const input = (dryRun) => ({ kind: found.kind, opening: opening.value, notes: notes.value.split("\n").filter((note) => note.trim()), expectedVersion: found.version, dryRun });
    const look = el("button", { type: "button", class: "plain", onclick: () => busy(look, async () => {
      const said = (await mutate("EditPaperWording", input(true), app.where())).specimen;
      const bytes = Uint8Array.from(atob(said.pdf), (letter) => letter.charCodeAt(0));
      const address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
      fill(specimen, el("p", { class: "quote" }, said.opening), el("a", { href: address, target: "_blank", download: `${PAPERS[found.kind]}（样张）.pdf` }, "下载样张（PDF）"));
    }, fault) }, "看样张");
    const go = el("button", { type: "submit" }, "保存");
    const form = el("form", { class: "stack" },
      found.defaultOpening && field("开头一句", opening, "空着的用平台统一的开头；{text} 是法律要求写明的内容，须写且只写一次。"),
      field("本中心的说明", notes, "一行一条，附在统一的说明之后"),
      el("p", { class: "soft" }, `可以写进去的内容：${names}。`), fault, specimen, el("div", { class: "buttons" }, look, go));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(go, async () => {
        await mutate("EditPaperWording", input(false), app.where());
        toast("已保存，今后的文书按此出具", "ok");
        await show();
      }, fault);
    });
    fill(place, form);
  };
  which.addEventListener("change", () => busy(which, show));
  await show();
  return el("section", { class: "card box stack" }, el("h2", {}, "文书用语"), field("哪种文书", which), place);
}
