// The work desk: signing in, the frame around the views, and what happens at this center, live.

import { Live } from "./live.js";
import { busy, byId, debounced, el, field, fill, put, select, toast } from "./dom.js";
import * as session from "./session.js";
import { HANDOFF_EVENTS, LEVELS, ROLES } from "./texts.js";
import { showApply } from "./apply.js";
import { showCase } from "./case.js";
import { askSecondFactor } from "./factor.js";
import { showCases, showMine, showProgress } from "./lists.js";
import { showHandoffs } from "./handoffs.js";
import { showOffice } from "./office.js";
import { askNewPassword } from "./password.js";
import { showQueue } from "./queue.js";
import { query } from "./api.js";

const SEE_HANDOFFS = ["CLERK", "STATION_OPERATOR", "REVIEWER", "CHIEF_REPRESENTATIVE", "MANAGER", "SUPERVISOR"];
const READ_CASES = [...SEE_HANDOFFS, "DEPARTMENT_MANAGER", "CASHIER"];
const TAKE_IN = ["CLERK", "STATION_OPERATOR"];
const TOLD = { INCOMING: ["handoff.received", "handoff.recalled", "handoff.lapsed"], OUTGOING: ["handoff.accepted", "handoff.declined", "handoff.recalled", "handoff.returned", "handoff.completed"] };
const LINE = { connecting: ["连接中", "warn"], open: ["实时", "ok"], lost: ["断线，正在重连", "bad"], refused: ["登录已失效", "bad"] };

/** What the views work with: who is here, where, and the live line of that center. */
const app = { session: null, byCode: new Map(), roles: [], department: null, live: null, waiting: 0, where: () => ({ center: app.session.center.code, token: app.session.token }) };
let leave = () => {};

async function start() {
  app.byCode = await session.centers();
  const wanted = new URLSearchParams(location.search);
  const as = wanted.get("as");
  const center = app.byCode.get(wanted.get("center")) ?? null;
  app.session = session.current();
  const isSame = app.session?.login === as && (!center || app.session.center?.code === center.code);
  if (as && !isSame) await enter(as, center ?? session.firstTownship(app.byCode));
  else if (app.session?.center) await open();
  else askWho();
}

/** Sign in as `login`, at the workplace of that person nearest to `center`. */
async function enter(login, center) {
  const person = session.people.find((p) => p.login === login);
  const place = person?.role && center ? session.workplace(app.byCode, center.code, person) : center;
  if (!person || !place) {
    askWho();
    return;
  }
  app.session = await session.signIn(login, kept(place));
  await open();
}

const kept = ({ code, name, level, label }) => ({ code, name, level, label });

function askWho(text = "") {
  close();
  byId("tabs").hidden = true;
  fill(byId("who"));
  const fallback = session.firstTownship(app.byCode);
  const persons = session.people.filter((p) => p.role !== null || p.idNumber);
  const who = select(persons.map((p) => [p.login, `${p.what} · ${p.name}`]), { value: "station" });
  const where = el("select");
  const place = el("div");
  const fault = el("div");
  const list = () => {
    const person = persons.find((p) => p.login === who.value);
    const near = session.workplace(app.byCode, where.value || fallback?.code, person);
    fill(place, field("在哪个中心", fillCenters(where, app.byCode, person, near?.code)));
  };
  who.addEventListener("change", list);
  list();
  const form = el("form", { class: "card box narrow" },
    el("h1", {}, "以谁的身份办理"),
    el("p", { class: "soft" }, "演示环境不需要密码。每个标签页各自登录，可以同时是几个人。"),
    text && el("p", { class: "notice warn" }, text),
    field("身份", who), place, fault,
    el("button", { type: "submit" }, "进入办件台"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("button"), () => {
      history.replaceState(null, "", "/desk/");
      return enter(who.value, app.byCode.get(where.value));
    }, fault);
  });
  fill(byId("main"), form);
}

/** Fill a drop-down with the active centers where a person may work, grouped by level. */
function fillCenters(node, byCode, { levels, center: only }, code) {
  const fits = (c) => c.status === "ACTIVE" && (only ? c.code === only : !levels.length || levels.includes(c.level.toLowerCase()));
  fill(node);
  for (const level of ["CITY", "COUNTY", "TOWNSHIP"]) {
    const found = [...byCode.values()].filter((c) => c.level === level && fits(c));
    if (!found.length) continue;
    put(node, el("optgroup", { label: LEVELS[level] }, found.map((c) => {
      const above = byCode.get(c.parentCode);
      return el("option", { value: c.code }, above ? `${c.label}（${above.label}）` : c.label);
    })));
  }
  if (code) node.value = code;
  return node;
}

async function open() {
  close();
  try {
    Object.assign(app, await session.membership(app.session));
  } catch (error) {
    if (!leads(error)) throw error;
    return;
  }
  app.may = (roles) => app.roles.some((role) => roles.includes(role));
  app.isApplicant = !app.session.isStaff;
  showWho();
  showTabs();
  follow();
  onhashchange = route;
  await route();
}

const FIRST = { UNAUTHENTICATED: signedOut, PASSWORD_EXPIRED: newPassword, SECOND_FACTOR_REQUIRED: secondFactor };

/** Lead on where the API says what to do first; tells whether it did. */
function leads(error) {
  FIRST[error.code]?.(error);
  return error.code in FIRST;
}

function newPassword(error) {
  stepAside();
  askNewPassword(byId("main"), error, app.session.token, async () => {
    app.session = await session.signIn(app.session.login, app.session.center);
    await open();
  });
}

function secondFactor(error) {
  stepAside();
  askSecondFactor(byId("main"), error, app.session.token, open);
}

/** Leave everything but who is here; the address still says where they were. */
function stepAside() {
  close();
  byId("tabs").hidden = true;
  showWho({ isKnown: false });
}

function close() {
  leave();
  leave = () => {};
  app.live?.close();
  app.live = null;
  onhashchange = null;
}

function showWho({ isKnown = true } = {}) {
  const { name, what, center, isStaff, login } = app.session;
  const person = session.people.find((p) => p.login === login);
  const where = fillCenters(el("select"), app.byCode, isStaff ? person : { levels: [] }, center.code);
  where.setAttribute("aria-label", "所在中心");
  where.addEventListener("change", () => {
    session.moveTo(app.session, kept(app.byCode.get(where.value)));
    history.replaceState(null, "", `/desk/${location.hash.startsWith("#/case/") ? "" : location.hash}`);
    open();
  });
  document.title = `${name} · ${center.label} · 通办`;
  const roles = isKnown && (app.roles.map((role) => ROLES[role]).join("、") || (isStaff && "非本中心人员"));
  fill(byId("who"),
    el("span", { id: "line", class: "line", role: "status" }),
    el("span", { class: "person-name", title: what }, el("b", {}, name), el("span", {}, roles || what)),
    where,
    el("button", { type: "button", class: "small ghost", onclick: () => { session.forget(); history.replaceState(null, "", "/desk/"); askWho(); } }, "换人"));
}

function showTabs() {
  const tabs = [
    (app.isApplicant || app.may(TAKE_IN)) && ["apply", app.isApplicant ? "申请办事" : "收件"],
    app.isApplicant && ["mine", "我的办件"],
    app.may(READ_CASES) && ["queue", "待办"],
    app.may(READ_CASES) && ["cases", "办件"],
    app.may(SEE_HANDOFFS) && ["handoffs", "移交"],
    app.may(["MANAGER", ...TAKE_IN]) && ["office", app.may(["MANAGER"]) ? "管理" : "个人信息"],
    ["progress", "查进度"],
  ].filter(Boolean);
  app.tabs = tabs.map(([name]) => name);
  const nav = byId("tabs");
  nav.hidden = false;
  fill(nav, el("div", { class: "wrap" }, tabs.map(([name, text]) => el("a", { href: `#/${name}`, "data-tab": name }, text, name === "handoffs" && el("span", { id: "waiting", class: "badge", hidden: true })))));
}

function follow() {
  const { center, token } = app.session;
  app.live = new Live(center.code, token, (status) => {
    const [text, tone] = LINE[status];
    const line = byId("line");
    if (line) {
      line.className = `line ${tone}`;
      line.textContent = text;
    }
    if (status === "refused") signedOut();
  });
  if (!app.may(SEE_HANDOFFS)) return;
  const count = debounced(countWaiting);
  app.live.subscribe("HandoffEvents", {}, (event) => {
    count();
    dispatchEvent(new CustomEvent("tongban:handoff", { detail: event }));
    if (event.handoff && TOLD[event.handoff.direction].includes(event.name)) toast(`${HANDOFF_EVENTS[event.name]}：${event.handoff.matterName}`, event.handoff.direction === "INCOMING" ? "warn" : "ok");
  });
}

async function countWaiting() {
  const variables = { direction: "INCOMING", state: "OFFERED", first: 100 };
  const { handoffs } = await query("Handoffs", variables, app.where());
  const badge = byId("waiting");
  if (!badge) return;
  badge.hidden = handoffs.edges.length === 0;
  badge.textContent = handoffs.pageInfo.hasNextPage ? "99+" : handoffs.edges.length;
  badge.setAttribute("aria-label", `${handoffs.edges.length} 件待接收`);
}

function signedOut() {
  session.forget();
  askWho("登录已到期或被收回，请重新进入。");
}

const VIEWS = { apply: showApply, cases: showCases, case: showCase, handoffs: showHandoffs, mine: showMine, office: showOffice, queue: showQueue, progress: showProgress };

async function route() {
  const [name, ...rest] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  const first = app.session.center.level === "TOWNSHIP" || app.isApplicant ? app.tabs[0] : app.tabs.find((t) => t === "cases") ?? app.tabs[0];
  const isKnown = name === "case" || app.tabs.includes(name);
  const shown = isKnown ? name : first;
  for (const tab of byId("tabs").querySelectorAll("a")) {
    const isCurrent = tab.dataset.tab === shown || (shown === "case" && tab.dataset.tab === (app.isApplicant ? "mine" : "cases"));
    if (isCurrent) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  leave();
  leave = () => {};
  const main = fill(byId("main"), el("p", { class: "soft loading" }, "正在读取…"));
  scrollTo(0, 0);
  const place = location.hash;
  const ends = [];
  let hasLeft = false;
  leave = () => {
    hasLeft = true;
    ends.splice(0).forEach((end) => end());
  };
  try {
    await VIEWS[shown](app, main, rest, (end) => (hasLeft ? end() : ends.push(end)));
  } catch (error) {
    if (!leads(error) && place === location.hash) fill(main, el("p", { class: "notice bad", role: "alert" }, error.message));
    if (!error.code) console.error(error);
  }
}

start().catch((error) => {
  fill(byId("main"), el("p", { class: "notice bad", role: "alert" }, error.message));
  if (!error.code) console.error(error);
});
