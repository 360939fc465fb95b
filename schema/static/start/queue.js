// 待办: what waits at a window or for oneself, the most pressing first; taken and given back, live.

import { allNodes, mutate, query } from "./api.js";
import { busy, chip, debounced, el, field, fill, select, toast } from "./dom.js";
import { ROLES, STATES, TASKS, day, exact, grouped, time } from "./texts.js";

const MINE = "mine";
const ANEW_EVERY = 15_000;
const PASS_ON = ["MANAGER", "CHIEF_REPRESENTATIVE"];
const DOERS = ["CLERK", "STATION_OPERATOR", "REVIEWER", "CHIEF_REPRESENTATIVE"];

export async function showQueue(app, main, _path, onLeave) {
  const { myMembership: me } = await query("MyMembership", {}, app.where());
  const counters = await allNodes("Windows", "windows", {}, app.where());
  const own = counters.find((node) => node.members?.some((member) => member.staffNumber === me?.staffNumber));
  const place = select([[MINE, "我能办的"], ["", "全中心"], ...counters.map((node) => [node.code, `${node.code} ${node.name}`])], { value: own?.code ?? (app.may(["MANAGER"]) ? "" : MINE) });
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
  // What somebody is filling in is not taken away: the list comes anew afterwards.
  const reload = debounced(() => !table.querySelector("form") && load().catch((error) => toast(error.message, "bad")), 120);
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
      el("td", {}, el("a", { href: `#/case/${app.session.center.code}/${node.caseNumber}` }, node.matterName), el("br"), el("span", { class: "soft" }, grouped(node.caseNumber))),
      el("td", { "data-label": "待办" }, chip(TASKS[node.kind], STATES[node.state][1]), " ", node.department),
      el("td", { "data-label": "期限" }, node.dueAt ? el("span", { class: new Date(node.dueAt) < new Date() ? "late" : "", title: exact(node.dueAt) }, day(node.dueAt)) : "—"),
      el("td", { "data-label": "窗口" }, node.windowCode || "—"),
      el("td", { "data-label": "谁在办" }, holder(app, me, node, onDone), " ", app.may(PASS_ON) && passing(app, node, onDone))))));
}

function holder(app, me, node, onDone) {
  const { claim } = node;
  const isOwn = claim?.staffNumber === me?.staffNumber;
  const input = { number: node.caseNumber, kind: node.kind, department: node.department };
  const button = (text, act) => el("button", { type: "button", class: "small plain", onclick: (event) => busy(event.target, async () => {
    await act();
    onDone();
  }) }, text);
  if (!claim) return app.may(DOERS) ? button("认领", () => mutate("ClaimTask", input, app.where())) : "—";
  return [`${isOwn ? "我" : claim.name}（至 ${time(claim.leasedUntil)}）`, " ", isOwn && button("放回", () => mutate("ReleaseTask", input, app.where()))];
}

/** 改派: pass a task on. Who keeps the directory picks a name; others know the number on the badge. */
function passing(app, node, onDone) {
  const place = el("div");
  const toggle = el("button", { type: "button", class: "small plain", onclick: () => busy(toggle, async () => {
    if (place.hasChildNodes()) {
      fill(place);
      onDone();
      return;
    }
    const people = app.may(["MANAGER"]) ? await allNodes("Staff", "staff", {}, app.where()) : [];
    const doers = people.filter(({ roles }) => roles.some((role) => DOERS.includes(role)));
    const who = doers.length
      ? select(doers.map(({ staffNumber, displayName, roles }) => [staffNumber, `${displayName} ${staffNumber}（${roles.map((role) => ROLES[role]).join("、")}）`]))
      : el("input", { required: true, maxlength: 20, autocomplete: "off" });
    const go = el("button", { type: "submit", class: "small" }, "确认改派");
    const fault = el("div");
    const form = el("form", { class: "small-form" }, field(doers.length ? "改派给" : "改派给（工号）", who), fault, go);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(go, async () => {
        const input = { number: node.caseNumber, kind: node.kind, department: node.department, staffNumber: who.value };
        const { task } = await mutate("ReassignTask", input, app.where());
        toast(`已改派给 ${task.claim.name}`, "ok");
        fill(place);
        onDone();
      }, fault);
    });
    fill(place, form);
    who.focus();
  }) }, "改派");
  return [toggle, place];
}
