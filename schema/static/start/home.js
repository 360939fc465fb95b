// The start page: what runs, which centers there are, whom one may be.

import { allNodes, socketAddress } from "./api.js";
import { busy, byId, chip, debounced, el, fill, put } from "./dom.js";
import { arranged, chainOf, firstTownship, workplace } from "./session.js";
import { CENTER_STATUS, LEVELS, exact, time } from "./texts.js";

const EVERY = 8_000;
const SWEPT_WITHIN = 90;
const PLACE = "tongban.place";

// --- what runs -------------------------------------------------------------------------------

function show(id, tone, value, note = "") {
  const tile = byId(`tile-${id}`);
  tile.className = `tile ${tone}`;
  tile.querySelector(".value").textContent = value;
  if (note) tile.querySelector(".soft").textContent = note;
}

async function readHealth() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    show("web", answer.ok ? "ok" : "bad", answer.ok ? "正常" : `异常（${answer.status}）`);
  } catch {
    show("web", "bad", "连不上");
  }
}

/** The relay sweeps all centers every few seconds, and tells what it found. */
function showRelay({ relayLagSeconds: lag, relaySweptSeconds: swept, relayParked: parked }) {
  const seconds = (value) => (value < 60 ? `${value.toFixed(0)} 秒` : `${(value / 60).toFixed(0)} 分钟`);
  const note = parked ? `${parked} 条消息待人工处理` : "中心间移交与计时";
  if (lag == null) show("worker", "", "尚未检查", note);
  else if (swept > SWEPT_WITHIN) show("worker", "bad", `${seconds(swept)}没有动静`, note);
  else if (lag < 15) show("worker", parked ? "warn" : "ok", lag < 1 ? "无积压" : `积压 ${seconds(lag)}`, note);
  else show("worker", lag < 60 ? "warn" : "bad", `积压 ${seconds(lag)}`, note);
}

async function readReadiness() {
  try {
    const answer = await fetch("/readyz", { cache: "no-store" });
    const report = await answer.json();
    const behind = report.centersBehind ? `${report.centersBehind} 个中心待升级` : "各中心独立存放";
    if (!report.database) show("database", "bad", "连不上");
    else show("database", report.migrations ? "ok" : "warn", report.migrations ? "正常" : "待迁移", behind);
    showRelay(report);
  } catch {
    show("database", "", "未知");
    show("worker", "", "未知");
  }
}

/** The process that pushes answers a ping also before anybody has signed in. */
function readLive() {
  return new Promise((done) => {
    const started = performance.now();
    let socket;
    const end = (tone, value) => {
      clearTimeout(patience);
      show("live", tone, value);
      if (socket) socket.onclose = null;
      socket?.close();
      done();
    };
    const patience = setTimeout(() => end("bad", "没有应答"), 5_000);
    try {
      socket = new WebSocket(socketAddress(""), "graphql-transport-ws");
    } catch {
      end("bad", "连不上");
      return;
    }
    socket.onopen = () => socket.send('{"type":"ping"}');
    socket.onmessage = () => end("ok", `正常 · ${Math.max(1, Math.round(performance.now() - started))} 毫秒`);
    socket.onclose = () => end("bad", "连不上");
  });
}

async function watch() {
  for (;;) {
    if (document.visibilityState === "visible") {
      await Promise.all([readHealth(), readReadiness(), readLive()]);
      byId("status-time").textContent = `实时读取，${exact(new Date())}`;
    }
    await new Promise((done) => { setTimeout(done, EVERY); });
  }
}

// --- centers ---------------------------------------------------------------------------------

let byCode = new Map();

function marked(text, wanted) {
  const at = wanted ? text.indexOf(wanted) : -1;
  return at < 0 ? text : [text.slice(0, at), el("mark", {}, wanted), text.slice(at + wanted.length)];
}

function row(center, wanted) {
  const [status, tone] = CENTER_STATUS[center.status];
  return [
    el("span", { class: "name" }, marked(center.name, wanted)),
    el("code", {}, marked(center.code, wanted)),
    center.status === "ACTIVE" ? null : chip(status, tone),
  ];
}

const useButton = (center) => byId("chain") && el("button", { type: "button", class: "small plain use", onclick: (event) => { event.preventDefault(); choose(center.code); } }, "体验这里");

function branch(center, wanted) {
  const children = center.children.map((child) => branch(child, wanted)).filter(Boolean);
  const fits = !wanted || center.name.includes(wanted) || center.code.includes(wanted);
  if (!fits && !children.length) return null;
  const shown = fits && wanted && !children.length ? center.children.map((child) => branch(child, "")) : children;
  const isOpen = wanted ? children.length > 0 : center.level === "CITY";
  if (!center.children.length) return el("div", { class: "leaf" }, row(center, wanted), useButton(center));
  return el("details", { open: isOpen }, el("summary", {}, row(center, wanted), chip(`${LEVELS[center.level]} · 下辖 ${center.children.length}`), useButton(center)), shown);
}

function showTree() {
  const wanted = byId("center-search").value.trim();
  const roots = [...byCode.values()].filter((center) => !byCode.has(center.parentCode));
  const found = roots.map((center) => branch(center, wanted)).filter(Boolean);
  fill(byId("center-tree"), found.length ? found : el("p", { class: "soft" }, byCode.size ? `没有名称或代码含“${wanted}”的中心。` : "还没有接入任何中心。"));
}

async function readCenters() {
  try {
    byCode = arranged(await allNodes("Centers", "centers", {}));
    const count = (level) => [...byCode.values()].filter((center) => center.level === level).length;
    byId("centers-count").textContent = `共 ${byCode.size} 个：市 ${count("CITY")} · 县（市、区） ${count("COUNTY")} · 乡镇（街道） ${count("TOWNSHIP")}`;
    showTree();
    byId("center-search").addEventListener("input", debounced(showTree));
    if (byId("chain")) showPeople();
  } catch (error) {
    fill(byId("center-tree"), el("p", { class: "notice bad" }, error.message));
  }
  byId("center-tree").removeAttribute("aria-busy");
}

// --- whom one may be -------------------------------------------------------------------------

function showPeople() {
  const places = [...byCode.values()].filter((center) => center.status === "ACTIVE" && (center.level === "TOWNSHIP" || !center.children.length));
  const picker = byId("chain-town");
  const groups = new Map();
  for (const center of places) {
    const above = chainOf(byCode, center.code).slice(1).reverse().map((c) => c.label).join(" · ") || "—";
    if (!groups.has(above)) groups.set(above, el("optgroup", { label: above }));
    groups.get(above).append(el("option", { value: center.code }, center.label));
  }
  fill(picker, ...groups.values());
  picker.addEventListener("change", () => choose(picker.value, false));
  const kept = localStorage.getItem(PLACE);
  choose(byCode.has(kept) ? kept : firstTownship(byCode)?.code, false);
}

function choose(code, goThere = true) {
  if (!byCode.has(code)) return;
  localStorage.setItem(PLACE, code);
  const picker = byId("chain-town");
  const leaf = workplace(byCode, code, { levels: ["township"] }) ?? byCode.get(code);
  picker.value = leaf.code;
  const chain = chainOf(byCode, leaf.code);
  byId("chain-text").textContent = chain.slice(1).map((center) => `上级：${center.name}`).join("；");
  for (const card of document.querySelectorAll(".person")) place(card, code);
  for (const link of document.querySelectorAll(".story a[data-person]")) {
    const card = document.querySelector(`.person[data-login="${link.dataset.person}"]`);
    link.href = card.querySelector('[data-to="desk"]').href;
  }
  if (goThere) byId("people").scrollIntoView();
}

function place(card, code) {
  const { login, levels, center: only, role } = card.dataset;
  const center = role ? workplace(byCode, code, { levels: levels.split(" "), center: only }) : null;
  card.querySelector(".where").textContent = role ? center?.name ?? "这里没有该级中心" : "";
  for (const link of card.querySelectorAll("[data-to]")) {
    const target = new URL(`/${link.dataset.to}/`, location.href);
    target.searchParams.set("as", login);
    target.searchParams.set("center", center?.code ?? code);
    link.href = target.pathname + target.search;
    link.hidden = link.dataset.to === "desk" && !worksAtDesk(card);
  }
}

/** Party affairs, administrators and the platform's roles have no work at a case desk. */
const AT_DESK = new Set(["clerk", "reviewer", "chief_representative", "manager", "supervisor", "cashier", "station_operator"]);
const worksAtDesk = ({ dataset }) => (dataset.role ? AT_DESK.has(dataset.role) : !dataset.platform);

async function readMessages() {
  const answer = await fetch("/demo/messages", { cache: "no-store" });
  const { messages } = await answer.json();
  const list = fill(byId("messages-list"));
  put(list, messages.map((m) => el("li", {}, el("span", { class: "soft" }, `${time(m.sent_at)} → ${m.to}　`), m.text)));
  if (!messages.length) put(list, el("li", { class: "soft" }, "还没有短信。"));
}

byId("messages-load")?.addEventListener("click", (event) => busy(event.target, readMessages, byId("messages-list")));
readCenters();
watch();
