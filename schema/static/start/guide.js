// 一次告知: asking an applicant until exactly what applies is known.

import { query } from "./api.js";
import { busy, el, field, fill, select } from "./dom.js";

const UNCHOSEN = ["", "请选择…"];

/** The variant and the answers of one application, asked in turn. */
export class Guide {
  /** `onTold` is called with what the guide says, each time it says something new. */
  constructor(offeringCode, where, onTold) {
    this.code = offeringCode;
    this.where = where;
    this.onTold = onTold;
    this.variant = "";
    this.answered = []; // in the order of asking: [question, option]
    this.node = el("section", { class: "card box", hidden: true });
  }

  async ask() {
    const { offering } = await query("Guide", { code: this.code, ...this.choice() }, this.where);
    this.told = offering.guide;
    this.show();
    this.onTold(this.told);
  }

  /** What `submitCase` takes of it. */
  choice() {
    return { variant: this.variant, answers: this.answered.map(([question, option]) => ({ question: question.code, option })) };
  }

  show() {
    const { variants, openQuestions, isComplete } = this.told;
    this.node.hidden = !variants.length && !openQuestions.length && !this.answered.length;
    const way = variants.length > 0 && field("办理情形", this.chooser([UNCHOSEN, ...variants.map(({ serial, name }) => [serial, name])], this.variant, (serial) => {
      this.variant = serial;
      this.answered = [];
    }), variants.find(({ serial }) => serial === this.variant)?.note);
    const asked = [...this.answered, ...openQuestions.map((question) => [question, ""])];
    fill(this.node, el("h2", {}, "办理情形"),
      el("div", { class: "grid" }, way, asked.map(([question, option], place) => field(question.text, this.chooser(
        [UNCHOSEN, ...question.options.map(({ code, text }) => [code, text])], option, (chosen) => this.answer(question, chosen, place))))),
      el("p", { class: "soft" }, isComplete ? "所需材料已确定，见下。" : "请逐项选择，系统据此确定需要提交的材料。"));
  }

  /** An answer may raise other questions than before, so what was answered after it is asked again. */
  answer(question, option, place) {
    const before = this.answered.slice(0, place);
    this.answered = option ? [...before, [question, option]] : before;
  }

  chooser(options, value, choose) {
    const node = select(options, { value });
    node.addEventListener("change", () => busy(node, () => {
      choose(node.value);
      return this.ask();
    }));
    return node;
  }
}
