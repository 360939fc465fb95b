// 我的个人信息: what an applicant asks a center about their own data, what came of it, and the copy.

import { allNodes, mutate, newKey } from "./api.js";
import { busy, chip, el, fill } from "./dom.js";
import { DATA_REQUESTS, DATA_REQUEST_STATES, DELETED, KEPT, day, time } from "./texts.js";

/** A card for the center where the person is now. */
export async function myDataCard(app) {
  const list = el("ul", { class: "files" });
  const load = async () => {
    const found = await allNodes("DataRequests", "dataRequests", {}, app.where());
    fill(list, found.map((each) => row(each, load)));
    return found;
  };
  const asking = (kind, title) => {
    const ask = el("button", { type: "button", class: "small plain", onclick: () => busy(ask, async () => {
      await mutate("RequestData", { kind, idempotencyKey: newKey() }, app.where());
      await load();
    }) }, title);
    return ask;
  };
  await load();
  return el("section", { class: "card box" }, el("div", { class: "head" }, el("h2", {}, "我的个人信息"), asking("ACCESS", "申请一份副本"), asking("DELETION", "申请删除")),
    el("p", { class: "soft" }, `向${app.session.center.name}查阅、复制它保存的您的个人信息；答复后在这里下载。`), list);
}

/** What went, or would go, of somebody's data, and what the law keeps. */
export function deletionList({ deleted, kept }) {
  return el("ul", {},
    deleted.map(({ kind, count }) => el("li", {}, `删除 ${DELETED[kind]} ${count} 项`)),
    kept.map(({ kind, count, statute, article, text }) => el("li", {}, `保留 ${KEPT[kind]} ${count} 项：${text}`, el("span", { class: "soft" }, `（${statute}${article}）`))));
}

function row({ id, kind, state, requestedAt, dueAt, answer, deletion, url, copyUntil }, load) {
  const [text, tone] = DATA_REQUEST_STATES[state];
  return el("li", {}, `${time(requestedAt)} ${DATA_REQUESTS[kind]} `, chip(text, tone), " ",
    state === "OPEN" && el("span", { class: "soft" }, `${day(dueAt)}前答复`), answer && `${answer} `, deletion && deletionList(deletion),
    // A link is good for ten minutes: it is asked for when it is wanted.
    url && [el("button", { type: "button", class: "link", onclick: (event) => busy(event.target, async () => {
      location.assign((await load()).find((each) => each.id === id).url);
    }) }, "下载副本"), el("span", { class: "soft" }, ` 保留到 ${day(copyUntil)}`)],
    kind === "ACCESS" && state === "GRANTED" && !url && el("button", { type: "button", class: "link", onclick: (event) => busy(event.target, load) }, "正在准备副本，点此刷新"));
}
