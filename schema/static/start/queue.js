// 待办: what waits at a window or for oneself, the most pressing first; taken and given back, live.

import { allNodes, mutate, query } from "./api.js";
import { busy, chip, debounced, el, field, fill, select, toast } from "./dom.js";
import { STATES, TASKS, day, exact, time } from "./texts.js";

const MINE = "mine";
const ANEW_EVERY = 15_000;

export async function showQueue(app, main, _path, onLeave) {
  const { myMembership: me } = await query("MyMembership", {}, app.where());
  const counters = await allNodes("Windows", "windows", {}, app.where());
  const own = counters.find((node) => node.members?.some((member) => member.staffNumber === me?.staffNumber));
  const place = select([[MINE, "我能办的"], ["", "全中心"], ...counters.map((node) => [node.code, `${node.code} ${node.name}`])], { value: own?.code ?? MINE });
  const table = el("div");
  const more = el("div");
  let nodes = [];
  let end = () => {};
  const load = async (after = null) => {
    const isMine = place.value === MINE;
    const first = after ? 20 : Math.min(100, Math.max(20, nodes.length));
    const { workQueue } = await query("WorkQueue", { window: isMine ? null : place.value || null, isMine, first, after }, app.where());
    const found = workQueue.edges.map((edge) => edge.node);
    nodes = after ? [...nodes, ...found] : found;
    fill(table, nodes.length ? rows(app, me, nodes, reload) : el("p", { class: "soft empty" }, "没有待办。"));
    const { hasNextPage, endCursor } = workQueue.pageInfo;
    fill(more, hasNextPage && el("button", { type: "button", class: "plain", onclick: (event) => busy(event.target, () => load(endCursor)) }, "再看 20 件"));
  };
  const reload = debounced(() => load().catch((error) => toast(error.message, "bad")), 120);
  // A window's changes come by themselves; over several windows the list looks again now and then.
  const follow = () => {
    end();
    const window = place.value;
    end = window && window !== MINE
      ? app.live.subscribe("WindowQueue", { window }, (event) => { if (event.name !== "queue.snapshot") reload(); })
      : () => {};
  };
  place.addEventListener("change", () => { nodes = []; follow(); reload(); });
  fill(main, el("h1", {}, "待办"),
    el("section", { class: "card box filters" }, field("在哪里", place, own ? `您在 ${own.name}` : "您现在不在任何窗口")),
    el("section", { class: "card list" }, table), more);
  await load();
  follow();
  const timer = setInterval(() => { if (document.visibilityState === "visible") reload(); }, ANEW_EVERY);
  onLeave(() => clearInterval(timer));
  onLeave(() => end());
}

function rows(app, me, nodes, onDone) {
  return el("table", {}, el("thead", {}, el("tr", {}, ["事项与编号", "待办", "期限", "窗口", "谁在办"].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, nodes.map((node) => el("tr", {},
      el("td", {}, el("a", { href: `#/case/${app.session.center.code}/${node.caseNumber}` }, node.matterName), el("br"), el("span", { class: "soft" }, node.caseNumber)),
      el("td", { "data-label": "待办" }, chip(TASKS[node.kind], STATES[node.state][1]), " ", node.department),
      el("td", { "data-label": "期限" }, node.dueAt ? el("span", { class: new Date(node.dueAt) < new Date() ? "late" : "", title: exact(node.dueAt) }, day(node.dueAt)) : "—"),
      el("td", { "data-label": "窗口" }, node.windowCode || "—"),
      el("td", { "data-label": "谁在办" }, holder(app, me, node, onDone))))));
}

function holder(app, me, node, onDone) {
  const { claim } = node;
  const isOwn = claim?.staffNumber === me?.staffNumber;
  const input = { number: node.caseNumber, kind: node.kind, department: node.department };
  const button = (text, act) => el("button", { type: "button", class: "small plain", onclick: (event) => busy(event.target, async () => {
    await act();
    onDone();
  }) }, text);
  if (!claim) return me ? button("认领", () => mutate("ClaimTask", input, app.where())) : "—";
  return [`${isOwn ? "我" : claim.name}（至 ${time(claim.leasedUntil)}）`, " ", isOwn && button("放回", () => mutate("ReleaseTask", input, app.where()))];
}
