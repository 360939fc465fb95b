// Lists of cases that keep themselves up to date: a center's, one's own; and progress by query code.

import { query } from "./api.js";
import { busy, chip, debounced, el, facts, field, fill, select, toast } from "./dom.js";
import { exportPanel } from "./exports.js";
import { Live } from "./live.js";
import { myDataCard } from "./mydata.js";
import { FINAL, STATES, day, exact, time } from "./texts.js";

const FOLLOWED = 15;
const OWN_EVERY = 15_000;

/** Follows the rows that are shown; whoever leaves ends it. */
class Followers {
  constructor(onEvent) {
    this.onEvent = onEvent;
    this.ends = new Map();
  }

  /** Follow exactly these: pairs of a key and what begins to follow it. */
  set(entries) {
    const wanted = new Map(entries);
    for (const [key, end] of this.ends) {
      if (!wanted.has(key)) {
        end();
        this.ends.delete(key);
      }
    }
    for (const [key, begin] of wanted) if (!this.ends.has(key)) this.ends.set(key, begin());
  }

  end() {
    this.set([]);
  }
}

const follow = (live, number, onEvent) => live.subscribe("CaseEvents", { number }, (event) => {
  if (event.name !== "case.snapshot") onEvent();
});

/** Which rows changed since they were last shown, by number. */
function changes(before, nodes) {
  const now = new Map(nodes.map((node) => [node.number, `${node.state} ${node.custody ?? ""} ${node.custodian.code}`]));
  const changed = new Set([...now].filter(([number, text]) => before.size && before.get(number) !== text).map(([number]) => number));
  return [now, changed];
}

export async function showCases(app, main, _path, onLeave) {
  const state = select([["", "全部状态"], ...Object.entries(STATES).filter(([code]) => code !== "DRAFT").map(([code, [text]]) => [code, text])]);
  const custody = select([["", "全部"], ["HELD", "本中心保管"], ["IN_TRANSIT", "移交途中"], ["ELSEWHERE", "在其他中心"]]);
  const order = select([["LATEST", "最近的在前"], ["DUE_FIRST", "先到期的在前"], ["OLDEST", "最早的在前"]]);
  const number = el("input", { type: "search", placeholder: "办件编号", autocomplete: "off" });
  const table = el("div");
  const more = el("div");
  let shown = new Map();
  let nodes = [];
  const followers = new Followers();
  const filter = () => ({ states: state.value ? [state.value] : null, custody: custody.value || null, number: number.value.trim() || null });
  const load = async (after = null) => {
    const first = after ? 20 : Math.min(100, Math.max(20, nodes.length));
    const { cases } = await query("Cases", { filter: filter(), order: order.value, first, after }, app.where());
    const found = cases.edges.map((edge) => edge.node);
    nodes = after ? [...nodes, ...found] : found;
    const [now, changed] = changes(shown, nodes);
    shown = now;
    fill(table, nodes.length ? rows(app, nodes, changed) : el("p", { class: "soft empty" }, "没有符合条件的办件。"));
    const { hasNextPage, endCursor } = cases.pageInfo;
    fill(more, hasNextPage && el("button", { type: "button", class: "plain", onclick: (event) => busy(event.target, () => load(endCursor)) }, "再看 20 件"));
    const open = nodes.filter((node) => !FINAL.includes(node.state)).slice(0, FOLLOWED);
    followers.set(open.map((node) => [node.number, () => follow(app.live, node.number, reload)]));
  };
  const reload = debounced(() => load().catch((error) => toast(error.message, "bad")), 120);
  const anew = () => { shown = new Map(); nodes = []; reload(); };
  for (const control of [state, custody, order]) control.addEventListener("change", anew);
  number.addEventListener("input", anew);
  fill(main, el("h1", {}, "办件"),
    el("section", { class: "card box filters" }, field("状态", state), field("保管", custody), field("排列", order), field("编号", number)),
    exportPanel(app, () => ({ filter: filter(), order: order.value }), onLeave),
    el("section", { class: "card list" }, table), more);
  await load();
  addEventListener("tongban:handoff", reload);
  onLeave(() => removeEventListener("tongban:handoff", reload));
  onLeave(() => followers.end());
}

function rows(app, nodes, changed) {
  return el("table", {}, el("thead", {}, el("tr", {}, ["事项与编号", "申请人", "状态", "保管", "收件", "期限"].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, nodes.map((node) => el("tr", { class: changed.has(node.number) ? "fresh" : "" },
      el("td", {}, el("a", { href: `#/case/${app.session.center.code}/${node.number}` }, node.matterName), el("br"), el("span", { class: "soft" }, node.displayNumber)),
      el("td", { "data-label": "申请人" }, node.applicant.nameMasked),
      el("td", { "data-label": "状态" }, chip(node.stateText, STATES[node.state][1])),
      el("td", { "data-label": "保管" }, node.custody === "IN_TRANSIT" ? chip("移交途中", "warn") : node.custody === "HELD" ? "本中心" : node.custodian.name),
      el("td", { "data-label": "收件" }, time(node.submittedAt)),
      el("td", { "data-label": "期限" }, node.dueAt && !FINAL.includes(node.state) ? el("span", { class: new Date(node.dueAt) < new Date() ? "late" : "", title: exact(node.dueAt) }, day(node.dueAt)) : "—")))));
}

export async function showMine(app, main, _path, onLeave) {
  const list = el("div", { class: "stack" });
  const data = el("div");
  const lives = new Map();
  const followers = new Followers();
  let shown = new Map();
  const lineOf = (center) => {
    if (center === app.session.center.code) return app.live;
    if (!lives.has(center)) lives.set(center, new Live(center, app.session.token));
    return lives.get(center);
  };
  const load = async () => {
    const { myItems } = await query("MyItems", { first: 50 }, { token: app.session.token });
    const nodes = myItems.edges.map((edge) => edge.node);
    const [now, changed] = changes(shown, nodes);
    shown = now;
    fill(list, nodes.length ? nodes.map((node) => mine(node, changed.has(node.number))) : el("div", { class: "card box" }, el("p", {}, "您还没有办件。"), el("p", { class: "soft" }, "在“申请办事”里自己提交，或由窗口、乡镇便民服务中心以您的名义收件，都会出现在这里。")));
    const open = nodes.filter((node) => !FINAL.includes(node.state)).slice(0, FOLLOWED);
    followers.set(open.map((node) => [node.number, () => follow(lineOf(node.home.code), node.number, () => {
      toast(`“${node.matterName}”有新进展`, "ok");
      reload();
    })]));
  };
  // The index that this list is read from follows the case's own log by a moment.
  const soon = debounced(() => load().catch((error) => toast(error.message, "bad")), 150);
  const reload = () => { soon(); setTimeout(soon, 1500); };
  const timer = setInterval(() => { if (document.visibilityState === "visible") soon(); }, OWN_EVERY);
  fill(main, el("h1", {}, "我的办件"), el("p", { class: "soft" }, "在所有中心的办件都在这里，不论由谁收件、由谁办理。"), list, data);
  await load();
  fill(data, await myDataCard(app));
  onLeave(() => clearInterval(timer));
  onLeave(() => followers.end());
  onLeave(() => lives.forEach((live) => live.close()));
}

function mine(node, isFresh) {
  const [text, tone] = STATES[node.state];
  return el("a", { class: `card box mine ${isFresh ? "fresh" : ""}`, href: `#/case/${node.home.code}/${node.number}` },
    el("p", {}, el("b", {}, node.matterName), " ", chip(text, tone)),
    el("p", { class: "soft" }, `收件 ${node.home.name} · 现由 ${node.custodian.name} 办理 · ${time(node.updatedAt)} 更新`));
}

/** What anybody may ask with the number and the query code of a receipt. */
export async function showProgress(app, main) {
  const number = el("input", { required: true, autocomplete: "off" });
  const code = el("input", { required: true, autocomplete: "off", maxlength: 20 });
  const place = el("div");
  const go = el("button", { type: "submit" }, "查询");
  const form = el("form", { class: "card box narrow" }, el("h1", {}, "凭查询码查进度"), el("p", { class: "soft" }, "不需要登录；编号和查询码印在收件回执上。"), field("办件编号", number), field("查询码", code), go, place);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(go, async () => {
      const { caseProgress: found } = await query("CaseProgress", { number: number.value, queryCode: code.value });
      fill(place, found ? facts([
        ["办件编号", found.displayNumber], ["事项", found.matterName], ["状态", chip(found.stateText, STATES[found.state][1])], ["现由", found.custodian.name],
        ["收件", exact(found.submittedAt)], ["受理", exact(found.acceptedAt)], ["承诺期限", exact(found.promisedDueAt)], ["决定", exact(found.decidedAt)], ["出件", exact(found.issuedAt)], ["办结", exact(found.completedAt)],
      ]) : el("p", { class: "notice warn" }, "没有查到。请核对编号和查询码。"));
    }, place);
  });
  fill(main, form);
}
