// Taking in an application: find the matter, see who will decide, fill in, attach, submit.

import { mutate, newKey, query } from "./api.js";
import { commitmentFields } from "./commitment.js";
import { busy, byId, chip, debounced, el, facts, field, filePicker, fill, put, select, toast } from "./dom.js";
import { Guide } from "./guide.js";
import * as samples from "./samples.js";
import { chainOf, people } from "./session.js";
import { CONSENTS, HANDOFF_KINDS, ID_KINDS, NECESSITY, ROUTE_REASONS, SOURCES, STATES, limit } from "./texts.js";

export async function showApply(app, main, _path, onLeave) {
  const filed = { end() {}, onLeave }; // what was filed last is followed until the next one, or until somebody leaves
  const found = el("ul", { class: "matters" });
  const search = el("input", { type: "search", placeholder: "事项名称中的任何字，如“食品”“低保”“婚姻”", autocomplete: "off", autofocus: true });
  const chosen = el("section", { class: "stack" });
  const look = debounced(() => list(app, search.value, found, (matter) => choose(app, matter, chosen, found, filed)), 250);
  search.addEventListener("input", look);
  fill(main,
    el("h1", {}, app.isApplicant ? "申请办事" : "收件"),
    el("section", { class: "card box" }, field("要办什么事项", search, "在本中心和上级中心的清单里查找；由谁办理，系统按事项和申请人所在地自动确定。"), found),
    chosen);
  await list(app, "", found, (matter) => choose(app, matter, chosen, found, filed));
}

async function list(app, search, place, onChoose) {
  const chain = chainOf(app.byCode, app.session.center.code);
  const filter = { centers: chain.map((center) => center.code) };
  const { offerings } = await query("Offerings", { search, filter, first: 60 }); // over several centers: asked without one
  const byMatter = new Map();
  for (const { node } of offerings.edges) {
    if (!byMatter.has(node.matter.code)) byMatter.set(node.matter.code, { ...node, at: [] });
    byMatter.get(node.matter.code).at.push(node.centerCode);
  }
  const order = (offering) => (chain[0].level === "TOWNSHIP" && !offering.assistedIntake && !offering.at.includes(chain[0].code) ? 1 : 0);
  const shown = [...byMatter.values()].sort((a, b) => order(a) - order(b)).slice(0, 12);
  fill(place, shown.length ? shown.map((offering) => el("li", {}, el("button", { type: "button", class: "matter", onclick: () => onChoose(offering.matter) },
    el("b", {}, offering.matter.name),
    el("span", { class: "soft" }, `${offering.matter.department} · 承诺 ${limit(offering.promisedLimit)}`),
    offering.at.includes(chain[0].code) ? chip("本中心办理", "ok") : offering.assistedIntake && chip("可代收代办", "blue"),
    offering.onTheSpot && chip("即办")))) : el("li", { class: "soft" }, `没有名称含“${search}”的事项。`));
}

async function choose(app, matter, place, found, filed) {
  for (const button of found.querySelectorAll(".matter")) button.classList.toggle("current", button.querySelector("b").textContent === matter.name);
  fill(place, el("p", { class: "soft loading" }, "正在确定由谁办理…"));
  const form = new Form(app, matter, place, filed);
  try {
    await form.route();
    place.scrollIntoView({ block: "start", behavior: "smooth" });
  } catch (error) {
    fill(place, el("p", { class: "notice bad", role: "alert" }, error.message));
  }
}

/** One application being filled in. */
class Form {
  constructor(app, matter, place, filed) {
    this.app = app;
    this.matter = matter;
    this.place = place;
    this.filed = filed;
    this.address = addressSelect(app);
    this.address.addEventListener("change", () => busy(this.address, () => this.route()));
    this.way = el("div", { class: "route card box", "aria-live": "polite" });
    this.body = el("div", { class: "stack" });
  }

  /** Ask who decides, for the address that is chosen now. */
  async route() {
    const { explainRoute } = await query("ExplainRoute", { matter: this.matter.code, addressDivision: this.address.value }, this.app.where());
    fill(this.place, this.way, this.body);
    const address = field("申请人所在地", this.address, "决定由哪里办理；默认为本中心所在地。");
    if (explainRoute.errors.length) {
      fill(this.way, el("h2", {}, this.matter.name), el("p", { class: "notice bad" }, explainRoute.errors.map((e) => e.message).join(" ")), address);
      fill(this.body);
      return;
    }
    const { owner, hops, reasons } = explainRoute.route;
    fill(this.way,
      el("h2", {}, this.matter.name),
      el("p", { class: "owner" }, "将由 ", el("b", {}, owner.name), " 办理"),
      hops.length > 0 && el("ol", { class: "hops" }, el("li", {}, this.app.session.center.name),
        hops.map((hop) => el("li", {}, el("span", { class: "soft" }, HANDOFF_KINDS[hop.kind]), hop.destination.name))),
      el("p", { class: "soft" }, reasons.map((reason) => ROUTE_REASONS[reason]).filter(Boolean).join("；")),
      address);
    if (this.owner !== owner.code) await this.fillIn(owner, hops);
  }

  async fillIn(owner, hops) {
    const filter = { codes: [this.matter.code] };
    const { offerings } = await query("Offerings", { filter, first: 1 }, { center: owner.code });
    const { offering } = await query("Offering", { code: offerings.edges[0].node.code }, { center: owner.code });
    this.owner = owner.code;
    this.hops = hops;
    this.materials = [];
    this.guide = new Guide(offering.code, { center: owner.code }, (told) => this.ask(told));
    this.notice = (await query("PrivacyNotice")).privacyNotice;
    this.show(offering);
    await this.guide.ask();
  }

  show(offering) {
    const own = this.app.isApplicant;
    const takesPersons = !offering.matter.serviceObjects.length || offering.matter.serviceObjects.some((object) => object.code === "1");
    this.kind = select([["NATURAL", "自然人"], ["LEGAL", "法人或其他组织"]], { value: own || takesPersons ? "NATURAL" : "LEGAL", disabled: own });
    this.name = el("input", { required: true, maxlength: 100, autocomplete: "off", readonly: own, value: own ? this.app.session.name : "" });
    this.number = el("input", { required: true, maxlength: 32, autocomplete: "off", readonly: own, value: own ? this.app.session.idNumber : "" });
    this.phone = el("input", { type: "tel", maxlength: 20, autocomplete: "off" });
    this.handler = el("input", { maxlength: 100, autocomplete: "off" });
    this.note = el("textarea", { maxlength: 2000 });
    this.consents = Object.fromEntries(Object.keys(CONSENTS).map((kind) => [kind, el("input", { type: "checkbox", id: `consent-${kind}` })]));
    this.hold = el("input", { type: "checkbox", id: "hold" });
    this.fault = el("div");
    const handlerField = field("经办人", this.handler, "可不填");
    const nameField = field("姓名", this.name);
    const numberField = field("居民身份证号", this.number, "加密保存，只显示掩码");
    const relabel = () => {
      const isLegal = this.kind.value === "LEGAL";
      nameField.querySelector("label").textContent = isLegal ? "名称" : "姓名";
      numberField.querySelector("label").textContent = ID_KINDS[isLegal ? "CREDIT_CODE" : "RESIDENT_ID"];
      handlerField.hidden = !isLegal;
    };
    this.kind.addEventListener("change", relabel);
    relabel();
    this.list = el("ul", { class: "materials" });
    const submit = el("button", { type: "submit" }, this.hops.length ? "提交并移交" : "提交");
    const form = el("form", { class: "stack" },
      about(offering),
      this.guide.node,
      el("section", { class: "card box" },
        el("div", { class: "head" }, el("h2", {}, "申请人"), el("div", { class: "buttons" }, own ? this.sample("填入样例电话", () => { this.phone.value = samples.phone(); }) : [
          this.sample("填入合成的人", () => this.fill("NATURAL", samples.person())),
          this.sample("填入合成的企业", () => this.fill("LEGAL", samples.company())),
          this.sample("填入演示市民", () => this.fill("NATURAL", citizen())),
        ])),
        el("div", { class: "grid" }, field("类型", this.kind), nameField, numberField, field("联系电话", this.phone, "加密保存，只显示掩码"), handlerField),
        field("申请内容", this.note, "随申请保存，各中心都能看到")),
      el("section", { class: "card box" },
        el("div", { class: "head" }, el("h2", {}, "申报材料"), el("div", { class: "buttons" }, this.sample("为全部必要材料附上样例 PDF", () => {
          for (const material of this.materials) if (material.necessity === "REQUIRED" && !material.isCommitted) material.files = [samples.pdf(material.code, material.name)];
          this.showMaterials();
        }))), this.list),
      el("section", { class: "card box" }, el("h2", {}, "个人信息"),
        el("details", {}, el("summary", {}, own ? "个人信息处理告知书" : "个人信息处理告知书（请先向申请人说明）"),
          this.notice.text.trim().split("\n").map((line) => el("p", {}, line))),
        Object.entries(CONSENTS).map(([kind, text]) => el("label", { class: "check", for: `consent-${kind}` }, this.consents[kind], `${own ? "我" : "申请人"}同意${text}`)),
        el("p", { class: "soft" }, "不同意不影响办理，同意后也可以随时撤回。")),
      el("section", { class: "card box submit" },
        !own && this.hops.length > 0 && el("label", { class: "check", for: "hold" }, this.hold, "先留在本窗口审看，稍后再移交"),
        this.fault, submit));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(submit, () => this.submit(), this.fault);
    });
    this.kindRelabel = relabel;
    fill(this.body, form);
  }

  /** Show exactly what is to be handed in; files that were chosen for it stay chosen. */
  ask(told) {
    const kept = new Map(this.materials.map(({ code, files, isCommitted }) => [code, { files, isCommitted }]));
    this.materials = told.materials.map((material) => ({ files: [], isCommitted: false, ...kept.get(material.code), ...material }));
    this.undecided = told.undecidedMaterials;
    this.showMaterials();
  }

  sample(text, work) {
    return el("button", { type: "button", class: "small plain", onclick: work }, text);
  }

  fill(kind, { name, idNumber, phone }) {
    this.kind.value = kind;
    this.kindRelabel();
    this.name.value = name;
    this.number.value = idNumber;
    this.phone.value = phone;
    if (kind === "LEGAL") this.handler.value = samples.person().name;
    if (!this.note.value) this.note.value = `申请办理${this.matter.name}。`;
  }

  showMaterials() {
    fill(this.list, this.materials.map((material) => {
      const [text, tone] = NECESSITY[material.necessity];
      const chosen = () => (material.files.length ? `已选：${material.files.map((file) => file.name).join("、")}` : "");
      const names = el("span", { class: "soft" }, chosen());
      const { input, button } = filePicker(`${material.name}的文件`, () => {
        material.files = [...input.files];
        names.textContent = chosen();
      });
      const forms = [["空白表", material.blankForm], ["样表", material.sample]].filter(([, file]) => file?.link);
      return el("li", {}, el("div", {}, el("b", {}, material.name), " ", chip(text, tone), " ", el("span", { class: "soft" }, SOURCES[material.source]),
        forms.map(([title, file]) => [" ", el("a", { href: file.link, rel: "noopener noreferrer" }, title)]),
        material.note && el("div", { class: "soft" }, material.note),
        material.commitment && this.commitment(material),
        !material.isCommitted && [el("br"), names]), !material.isCommitted && button);
    }), this.undecided.length > 0 && el("li", { class: "soft" }, `还可能需要：${this.undecided.map(({ name }) => name).join("、")}，选定办理情形后确定。`));
  }

  commitment(material) {
    return commitmentFields(material, { isApplicant: this.app.isApplicant, isCommitted: material.isCommitted, onChange: (isCommitted) => {
      material.isCommitted = isCommitted;
      this.showMaterials();
      byId(`commit-${material.code}`).focus();
    } });
  }

  input() {
    const isLegal = this.kind.value === "LEGAL";
    const handler = this.handler.value.trim();
    return {
      matter: this.matter.code,
      ...this.guide.choice(),
      applicant: {
        kind: this.kind.value,
        name: this.name.value,
        idKind: isLegal ? "CREDIT_CODE" : "RESIDENT_ID",
        idNumber: this.number.value,
        phone: this.phone.value,
        ...(isLegal && handler ? { handler: { name: handler } } : {}),
      },
      addressDivision: this.address.value,
      form: this.note.value ? { 申请内容: this.note.value } : {},
      holdForReview: this.hold.checked,
      consent: {
        noticeVersion: this.notice.version,
        textMessages: this.consents.TEXT_MESSAGES.checked,
        electronicDelivery: this.consents.ELECTRONIC_DELIVERY.checked,
      },
      materials: this.materials.filter((m) => m.isCommitted || m.files.length).map((m) => (m.isCommitted
        ? { materialCode: m.code, files: [], commitment: m.commitmentNotice }
        : { materialCode: m.code, files: m.files })),
    };
  }

  async submit() {
    const input = this.input();
    // The same content is sent under the same key, also after a lost line: it is filed once.
    const content = JSON.stringify(input, (_key, value) => (value instanceof File ? [value.name, value.size, value.lastModified] : value));
    if (this.content !== content) {
      this.content = content;
      this.key = newKey();
    }
    const { case: filed, queryCode } = await mutate("SubmitCase", { ...input, idempotencyKey: this.key }, this.app.where());
    toast(`已收件：${filed.displayNumber}`, "ok");
    this.showFiled(filed, queryCode);
  }

  showFiled(filed, queryCode) {
    const receipt = filed.papers.find((paper) => paper.link);
    const now = el("span", { "aria-live": "polite" }, standing(filed));
    fill(this.place, el("section", { class: "card box filed", tabindex: "-1" },
      el("h2", {}, "收件成功"),
      el("p", { class: "number" }, filed.displayNumber),
      facts([
        ["事项", filed.matterName],
        ["办理", filed.owner.name],
        ["现在", now],
        ["查询码", queryCode && el("code", { class: "big" }, queryCode)],
      ]),
      el("p", { class: "soft" }, "查询码只在这里和回执上出现一次；任何人凭办件编号和查询码可以查进度。"),
      el("p", { class: "buttons" },
        receipt && el("a", { class: "button", href: receipt.link, target: "_blank", rel: "noopener noreferrer" }, "下载收件回执（PDF）"),
        receipt?.verifyUrl && el("a", { class: "button plain", href: receipt.verifyUrl, target: "_blank", rel: "noopener noreferrer" }, "验真"),
        el("a", { class: "button plain", href: `#/case/${this.app.session.center.code}/${filed.number}` }, "看办件进展"))));
    this.place.firstChild.focus();
    this.filed.end();
    const moved = async () => fill(now, standing((await query("Case", { number: filed.number }, this.app.where())).case));
    this.filed.end = this.app.live.subscribe("CaseEvents", { number: filed.number }, debounced(() => moved().catch((error) => toast(error.message, "bad"))));
    this.filed.onLeave(this.filed.end);
  }
}

const standing = ({ state, custody, custodian }) => (custody === "IN_TRANSIT" ? "正在移交给下一站" : `${STATES[state][0]}，由 ${custodian.name} 保管`);

function about(offering) {
  const { matter } = offering;
  return el("details", { class: "card box" }, el("summary", {}, "办事指南"),
    facts([
      ["实施编码", el("code", {}, offering.code)],
      ["事项类型", matter.matterTypeName],
      ["承诺时限", limit(offering.promisedLimit)],
      ["法定时限", limit(matter.statutoryLimit) || matter.statutoryLimitNote],
      ["收费", matter.isCharged ? matter.fees.map((fee) => `${fee.name} ${fee.amount ?? fee.standard}`).join("；") : "不收费"],
      ["办理结果", matter.result.name],
      ["到现场次数", matter.visits],
      ["申请条件", matter.conditions.length > 0 && el("ul", {}, matter.conditions.map((condition) => el("li", {}, condition.text)))],
      ["设定依据", el("ul", {}, matter.legalBases.map((basis) => el("li", {}, `${basis.statute} ${basis.article}`)))],
      ["地点", offering.place], ["时间", offering.hours], ["咨询", offering.contact],
    ]));
}

function citizen() {
  const { name, idNumber } = people.find((person) => person.login === "citizen");
  return { name, idNumber, phone: samples.phone() };
}

/** The divisions of the centers, by their 12-digit code; the first is where the case is taken in. */
function addressSelect(app) {
  const own = app.session.center;
  const node = select([["", `${own.label}（本中心所在地）`]]);
  const others = [...app.byCode.values()].filter((center) => center.code !== own.code && center.level !== "CITY");
  put(node, others.map((center) => el("option", { value: center.code.padEnd(12, "0") }, `${center.level === "TOWNSHIP" ? "　" : ""}${center.label}`)));
  return node;
}
