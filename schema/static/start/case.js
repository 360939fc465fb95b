// One case on one screen: where it stands, what can be done, what it holds, what happened; live.

import { ActionPanel, defectName } from "./actions.js";
import { mutate, query } from "./api.js";
import { busy, chip, debounced, el, facts, fill, put, toast } from "./dom.js";
import { handoffCard } from "./handoffs.js";
import { Live } from "./live.js";
import { CHANNELS, CLOCKS, COMMITMENTS, DELIVER_AT, DELIVERY, ID_KINDS, LAMPS, NECESSITY, OUTCOMES, REVIEW_KINDS, ROLES, SCANS, SEALED, SOURCES, STATES, STEPS, day, exact, limit, sealText, size, time } from "./texts.js";

const LINKS_LAST = 9 * 60_000;
const MOVES = new Set(["case.offered", "case.handed_over", "case.handoff_declined", "case.handoff_recalled", "case.returned", "case.given_back"]);

export async function showCase(app, main, [center, number], onLeave) {
  await new CaseView(app, main, center, number, onLeave).open();
}

class CaseView {
  constructor(app, main, center, number, onLeave) {
    this.app = app;
    this.main = main;
    this.number = number;
    this.where = { center, token: app.session.token };
    this.onLeave = onLeave;
    this.seen = 0;
    this.told = 0;
    const names = ["head", "panel", "applicant", "materials", "notices", "opinions", "outcome", "log", "papers", "custody", "due"];
    this.parts = Object.fromEntries(names.map((name) => [name, el("div")]));
    this.panel = new ActionPanel(this.parts.panel, () => this.load());
    this.reload = debounced(() => this.load().then(() => this.tell(), (error) => toast(error.message, "bad")));
  }

  async open() {
    await this.load();
    if (!this.case) return;
    this.told = this.case.events.length;
    // Read and followed where the person came from; acted on where the case is.
    const isHere = this.where.center === this.app.session.center.code;
    const live = isHere ? this.app.live : new Live(this.where.center, this.where.token);
    const after = this.case.events.at(-1)?.cursor ?? null;
    const end = live.subscribe("CaseEvents", { number: this.number }, this.reload, { after, onFault: (text) => toast(text, "bad") });
    this.onLeave(end);
    if (!isHere) this.onLeave(() => live.close());
    const handoffs = () => this.reload();
    addEventListener("tongban:handoff", handoffs);
    this.onLeave(() => removeEventListener("tongban:handoff", handoffs));
  }

  async load() {
    const asked = { number: this.number };
    const { case: found } = await query("Case", asked, this.where);
    if (!found) {
      fill(this.main, el("p", { class: "notice" }, "没有这个办件，或您无权查看；移交来的办件在接收之后才能打开。"));
      return;
    }
    this.case = found;
    this.loadedAt = Date.now();
    const isStaff = !this.app.isApplicant;
    this.handoffs = isStaff ? (await query("Handoffs", { caseNumber: found.number, first: 20 }, this.where)).handoffs.edges.map((edge) => edge.node) : [];
    let actions = { ...this.where };
    let offered = found;
    if (!isStaff && found.custodian.code !== this.where.center && found.custody !== "IN_TRANSIT") {
      actions = { ...this.where, center: found.custodian.code }; // an applicant's client goes where the case is
      offered = (await query("Case", asked, actions)).case ?? found;
    }
    this.handedOut = isStaff ? found.papers : await this.allPapers(offered, actions.center);
    this.show();
    this.panel.show(offered, actions, { canOffer: isStaff && this.app.may(["CLERK", "STATION_OPERATOR", "REVIEWER"]), isStaff, department: this.app.department });
  }

  /** The documents of every center that had the case: each keeps those that it handed out. */
  async allPapers(offered, center) {
    const known = new Map([[this.where.center, this.case.papers], [center, offered.papers]]);
    for (const event of this.case.events) {
      if (known.has(event.center.code)) continue;
      const there = await query("Case", { number: this.number }, { ...this.where, center: event.center.code });
      known.set(event.center.code, there.case?.papers ?? []);
    }
    return [...known.values()].flat().sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  /** Say what others did since this was last said; moves between centers are told by the desk. */
  tell() {
    for (const event of this.case.events.slice(this.told)) {
      const isOwn = event.actor.name === this.app.session.name;
      const isMove = !this.app.isApplicant && MOVES.has(event.name);
      if (!isOwn && !isMove) toast(`${event.center.name}：${event.text}`, "ok");
    }
    this.told = this.case.events.length;
  }

  show() {
    if (!this.parts.head.isConnected) {
      const { head, panel, applicant, materials, notices, opinions, outcome, log, papers, custody, due } = this.parts;
      fill(this.main, head, panel, el("div", { class: "columns" },
        el("div", { class: "stack" }, applicant, materials, notices, opinions, outcome),
        el("div", { class: "stack" }, log, papers, custody, due)));
    }
    for (const [name, part] of Object.entries(this.parts)) {
      // What somebody is filling in or has opened there is not taken away.
      if (name !== "panel" && !part.querySelector("form, details[open]")) fill(part, this[name]());
    }
    this.seen = this.case.events.length;
  }

  head() {
    const { displayNumber, matterName, state, stateText, custody, custodian, owner, dueAt, channel } = this.case;
    const at = STEPS.findIndex(([, states]) => states.includes(state));
    const ended = ["WITHDRAWN", "TERMINATED", "REVOKED", "DRAFT"].includes(state);
    return el("header", { class: "case-head card box" },
      el("p", { class: "soft" }, `办件编号 ${displayNumber} · ${CHANNELS[channel]}收件`),
      el("h1", {}, matterName),
      el("p", { class: "chips" }, chip(stateText, STATES[state][1]),
        custody === "IN_TRANSIT" ? chip("移交途中", "warn") : chip(`由 ${custodian.name} 保管`, custodian.code === this.where.center ? "blue" : "violet"),
        owner.code !== custodian.code && chip(`由 ${owner.name} 决定`),
        dueAt && chip(`${day(dueAt)}前`, new Date(dueAt) < new Date() ? "bad" : "")),
      !ended && el("ol", { class: "steps" }, STEPS.map(([text], n) => el("li", { class: n < at || state === "COMPLETED" ? "done" : n === at ? "now" : "", "aria-current": n === at ? "step" : null }, text))));
  }

  applicant() {
    const { applicant, form } = this.case;
    const agents = applicant.agents.map((agent) => [agent.role === "handler" ? "经办人" : "法定代表人", agent.nameMasked]);
    return el("section", { class: "card box" }, el("h2", {}, "申请人"),
      facts([
        [applicant.kind === "LEGAL" ? "名称" : "姓名", this.sealed(applicant.nameMasked, "APPLICANT_NAME")],
        [ID_KINDS[applicant.idKind], this.sealed(applicant.idNumberMasked, "APPLICANT_ID_NUMBER")],
        ["联系电话", applicant.phoneMasked && this.sealed(applicant.phoneMasked, "APPLICANT_PHONE")],
        ...agents,
        ...Object.entries(form ?? {}).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
      ]));
  }

  /** A masked datum; who may see it whole says what for, and the audit log keeps it. */
  sealed(masked, name) {
    const text = el("span", {}, masked);
    if (!this.app.may(["CLERK", "REVIEWER"])) return text;
    const button = el("button", { type: "button", class: "link", "aria-label": `查看完整的${SEALED[name]}` }, "查看");
    button.addEventListener("click", () => {
      const purpose = prompt(`查看完整的${SEALED[name]}，用途会记入审计日志：`, "核对申请人身份");
      if (purpose) busy(button, async () => {
        const { value } = await mutate("RevealField", { number: this.number, field: name, purpose }, this.where);
        text.textContent = value;
        button.remove();
      });
    });
    return el("span", {}, text, " ", button);
  }

  materials() {
    return el("section", { class: "card box" }, el("h2", {}, "材料"), el("ul", { class: "materials" }, this.case.materials.map((material) => {
      const [text, tone] = NECESSITY[material.necessity];
      const debt = this.case.debts.find((each) => each.materialCode === material.code && each.isOpen);
      const commitment = this.case.commitments.find((each) => each.materialCode === material.code && !each.droppedAt);
      return el("li", {}, el("div", {}, el("b", {}, material.name), " ", chip(text, tone), " ", commitment && chip(...COMMITMENTS[commitment.state]), " ", debt && chip(debt.arrivedAt ? "已补交，待核对" : `${day(debt.dueAt)}前补交`, LAMPS[debt.lamp] ?? ""), " ", el("span", { class: "soft" }, SOURCES[material.source])),
        commitment && committed(commitment),
        el("ul", { class: "files" }, material.files.length ? material.files.map((file) => el("li", {}, this.link(file.link, file.filename), " ", SCANS[file.scanState] && chip(...SCANS[file.scanState]), file.scanSignature && ` ${file.scanSignature}`, el("span", { class: "soft" }, ` ${size(file.size)} · ${time(file.addedAt)} · ${file.addedBy.name || "申请人"}`))) : el("li", { class: "soft" }, "没有文件")));
    })));
  }

  /** Links are good for ten minutes; an older one is asked for again before it is opened. */
  link(address, text) {
    if (!address) return text;
    return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", onclick: (event) => {
      if (Date.now() - this.loadedAt < LINKS_LAST) return;
      event.preventDefault();
      this.load().then(() => toast("链接已更新，请再点一次。"), (error) => toast(error.message, "bad"));
    } }, text);
  }

  notices() {
    if (!this.case.notices.length) return null;
    const lines = (items) => el("ul", { class: "bullets" }, items.map((item) => el("li", {}, `${defectName(this.case, item)}：${item.text}`)));
    return el("section", { class: "card box" }, el("h2", {}, "一次告知"), this.case.notices.map((notice) => el("div", { class: "part" },
      el("p", {}, el("b", {}, `第 ${notice.number} 次 · ${time(notice.issuedAt)} `), notice.answeredAt ? chip(`已补正 ${time(notice.answeredAt)}`, "ok") : chip("待补正", "warn")),
      lines(notice.defects), notice.answers.length > 0 && [el("p", { class: "soft" }, "答复"), lines(notice.answers)])));
  }

  opinions() {
    if (!this.case.tasks.length) return null;
    return el("section", { class: "card box" }, el("h2", {}, "审查与审核"), this.case.tasks.map((task) => el("div", { class: "part" },
      el("p", {}, el("b", {}, `${task.department} ${REVIEW_KINDS[task.kind]}`), " ", task.recordedAt ? chip(task.isFavourable ? "同意" : "不同意", task.isFavourable ? "ok" : "bad") : chip(task.dueAt ? `待录入，期限 ${time(task.dueAt)}` : "待录入", LAMPS[task.lamp] ?? "warn")),
      task.recordedAt && el("p", {}, task.opinion),
      task.grounds.length > 0 && el("ul", { class: "bullets" }, task.grounds.map((ground) => el("li", {}, [ground.groundText, ground.subject.about, ground.text].filter(Boolean).join("：")))),
      task.recordedAt && el("p", { class: "soft" }, `${task.reviewer.name} ${task.reviewer.staffNumber} · ${time(task.recordedAt)}`))));
  }

  outcome() {
    const { decision, result, seal, delivery } = this.case;
    if (!decision) return null;
    return el("section", { class: "card box" }, el("h2", {}, "决定与结果"), facts([
      ["决定", [chip(OUTCOMES[decision.outcome], decision.outcome === "APPROVE" ? "ok" : "bad"), " ", decision.revocation && chip("已撤销", "bad")]],
      ["依据", decision.groundText],
      ["不符合的条件、材料", decision.subjects.map((subject) => subject.about).join("；")],
      ["说明", decision.text],
      ["救济途径", decision.remedies?.text],
      ["决定人", `${decision.by.name} ${decision.by.staffNumber}`],
      ...revoked(decision.revocation),
      ["结果", result && [result.name, result.number].filter(Boolean).join(" ")],
      ["结果用印", sealText(seal)],
      ["领取地", result && DELIVER_AT[result.deliverAt]],
      ["送达", delivery && `${DELIVERY[delivery.method]}，${delivery.receiverNameMasked} 签收${delivery.note ? `（${delivery.note}）` : ""}`],
    ]));
  }

  log() {
    const fresh = this.seen;
    return el("section", { class: "card box" }, el("h2", {}, "办理过程"), el("ol", { class: "timeline" }, this.case.events.map((event, n) => el("li", { class: fresh && n >= fresh ? "fresh" : "" },
      el("b", {}, happened(event)), el("span", { class: "soft", title: exact(event.at) }, time(event.at)),
      el("p", { class: "soft" }, [event.center.name, who(event.actor), event.onBehalfOf && `代 ${who(event.onBehalfOf)}`].filter(Boolean).join(" · ")))).reverse()));
  }

  papers() {
    if (!this.handedOut.length) return null;
    return el("section", { class: "card box" }, el("h2", {}, "文书"), el("ul", { class: "files" }, this.handedOut.map((paper) => el("li", {},
      this.link(paper.link, paper.title), " · ", el("a", { href: paper.verifyUrl, target: "_blank", rel: "noopener noreferrer" }, "验真"),
      el("br"), el("span", { class: "soft" }, `${paper.number} · ${time(paper.createdAt)}`)))));
  }

  custody() {
    if (!this.handoffs.length) return null;
    return el("section", { class: "card box" }, el("h2", {}, "移交"), this.handoffs.map((handoff) => handoffCard(this.app, handoff, () => this.load())));
  }

  due() {
    const place = el("div");
    const details = el("details", { class: "card box" }, el("summary", {}, "期限怎么算的"), place);
    details.addEventListener("toggle", async () => {
      if (!details.open || place.hasChildNodes()) return;
      try {
        const { explainDue } = await query("ExplainDue", { number: this.number }, this.where);
        put(place, explainDue?.length ? explainDue.map((reason) => facts([
          [CLOCKS[reason.clock], el("b", {}, exact(reason.dueAt))],
          ["起算", exact(reason.startedAt)],
          ["时限", limit(reason.limit)],
          ["其间休息日", reason.daysOff.length ? `${reason.daysOff.length} 天：${reason.daysOff.map((date) => date.slice(5)).join("、")}` : ""],
          ["", reason.isProvisional ? chip("节假日安排未公布，暂按周末计算", "warn") : ""],
        ])) : el("p", { class: "soft" }, "现在没有在计算的期限。"));
      } catch (error) {
        put(place, el("p", { class: "notice bad" }, error.message));
      }
    });
    return details;
  }
}

/** What happened; of several departments that review, also which one did. */
function happened({ text, data }) {
  const { department, kind } = data?.review ?? {};
  return kind ? `${text}：${department} ${REVIEW_KINDS[kind.toUpperCase()]}` : text;
}

/** What became of a commitment, in words. */
function committed({ madeAt, madeBy, verifyUntil, state, verifiedAt, verifiedBy, reason, curedAt }) {
  const said = [`${time(madeAt)} ${madeBy.name} 书面承诺`];
  if (state === "PENDING" && verifyUntil) said.push(`${day(verifyUntil)}前核查`);
  if (verifiedAt) said.push(`${time(verifiedAt)} ${verifiedBy.name} 核查：${reason}`);
  if (curedAt) said.push(`${time(curedAt)} 已补交证明`);
  return el("p", { class: "soft" }, said.join("；"));
}

const revoked = (revocation) => (revocation ? [
  ["撤销理由", revocation.text],
  ["撤销人", `${revocation.by.name} · ${time(revocation.at)}`],
  ["撤销决定用印", sealText(revocation.seal)],
  ["对撤销不服", revocation.remedies?.text],
] : []);

function who(party) {
  const role = { applicant: "申请人", system: "系统" }[party.role] ?? ROLES[party.role.toUpperCase()] ?? "";
  return [role, party.name, party.staffNumber].filter(Boolean).join(" ");
}
