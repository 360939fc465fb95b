// Inbox and outbox: what other centers hand over to this one, and what this one has handed on.

import { mutate, newKey, query } from "./api.js";
import { busy, chip, debounced, el, field, fill, toast } from "./dom.js";
import { HANDOFF_KINDS, HANDOFF_STATES, exact, time } from "./texts.js";

export async function showHandoffs(app, main, _path, onLeave) {
  const inbox = el("div", { class: "stack" });
  const outbox = el("div", { class: "stack" });
  const load = async () => {
    for (const [place, direction, none] of [[inbox, "INCOMING", "没有其他中心移交来的办件。"], [outbox, "OUTGOING", "本中心没有移交出去的办件。"]]) {
      const { handoffs } = await query("Handoffs", { direction, first: 30 }, app.where());
      const nodes = handoffs.edges.map((edge) => edge.node);
      nodes.sort((a, b) => isOpen(b) - isOpen(a));
      // A form that somebody is filling in is not taken away.
      if (!place.querySelector("form")) fill(place, nodes.length ? nodes.map((handoff) => handoffCard(app, handoff, load)) : el("p", { class: "soft" }, none));
    }
  };
  fill(main, el("h1", {}, "移交"), el("div", { class: "columns even" },
    el("section", { class: "card box" }, el("h2", {}, "移交箱 · 移来"), inbox),
    el("section", { class: "card box" }, el("h2", {}, "移交箱 · 移出"), outbox)));
  await load();
  const reload = debounced(() => load().catch((error) => toast(error.message, "bad")));
  addEventListener("tongban:handoff", reload);
  onLeave(() => removeEventListener("tongban:handoff", reload));
}

const isOpen = (handoff) => Number(["OFFERED", "RECALL_REQUESTED"].includes(handoff.state));

/** One side of a handoff, with what this center may do about it. */
export function handoffCard(app, handoff, onDone) {
  const [text, tone] = HANDOFF_STATES[handoff.state];
  const isIncoming = handoff.direction === "INCOMING";
  const other = isIncoming ? handoff.origin : handoff.destination;
  const form = el("div");
  const act = app.may(["CLERK", "STATION_OPERATOR", "REVIEWER"]) ? acts(app, handoff, form, onDone) : [];
  const mayOpen = !isIncoming || !isOpen(handoff);
  const address = `#/case/${app.session.center.code}/${handoff.caseNumber}`;
  return el("article", { class: `handoff ${isOpen(handoff) ? "open" : ""}` },
    el("p", {}, el("b", {}, handoff.matterName), " ", chip(text, tone), " ", chip(HANDOFF_KINDS[handoff.kind])),
    el("p", { class: "soft" }, `${handoff.applicantName} · ${isIncoming ? "来自" : "移交给"} ${other?.name ?? "—"} · ${time(handoff.offeredAt)}`),
    isOpen(handoff) > 0 && el("p", { class: "soft" }, `应于 ${exact(handoff.dueAt)} 前答复，逾期视为接收（缺席默认）`),
    handoff.hasLapsed && el("p", { class: "soft" }, "逾期未答复，视为接收"),
    handoff.reason && el("p", { class: "quote" }, `附言：${handoff.reason}`),
    handoff.settledReason && el("p", { class: "quote" }, `原因：${handoff.settledReason}`),
    el("div", { class: "buttons" }, act, mayOpen && !location.hash.includes(handoff.caseNumber) && el("a", { class: "button small plain", href: address }, "看办件")),
    form);
}

function acts(app, handoff, place, onDone) {
  const run = async (operation, extra, done) => {
    const key = (place.key ??= newKey());
    try {
      await mutate(operation, { handoff: handoff.id, idempotencyKey: key, ...extra }, app.where());
    } catch (error) {
      if (error.code !== "NETWORK") place.key = null;
      throw error;
    }
    toast(done, "ok");
    fill(place);
    await onDone();
  };
  const plain = (text, operation, done) => el("button", { type: "button", class: "small", onclick: (event) => busy(event.target, () => run(operation, {}, done)) }, text);
  const withReason = (text, operation, done, tone = "danger") => el("button", { type: "button", class: `small ${tone}`, onclick: () => ask(text, place, (reason) => run(operation, { reason }, done), onDone) }, text);
  if (handoff.direction === "INCOMING") {
    if (handoff.state === "OFFERED") return [plain("接收", "AcceptHandoff", "已接收，办件由本中心保管"), withReason("拒收", "DeclineHandoff", "已拒收")];
    return handoff.state === "ACCEPTED" ? [withReason("退回", "ReturnHandoff", "已退回")] : [];
  }
  return handoff.state === "OFFERED" ? [withReason("收回", "RecallHandoff", "已申请收回，以对方答复为准", "plain")] : [];
}

function ask(text, place, work, onCancel) {
  const reason = el("input", { required: true, maxlength: 500 });
  const fault = el("div");
  const go = el("button", { type: "submit", class: "small" }, `确认${text}`);
  const form = el("form", { class: "small-form" }, field(`${text}的原因`, reason, "对方能看到"), fault, el("div", { class: "buttons" }, go, el("button", { type: "button", class: "small plain", onclick: () => { fill(place); onCancel(); } }, "取消")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(go, () => work(reason.value), fault);
  });
  fill(place, form);
  reason.focus();
}
