// 告知承诺: the applicant reads what follows from it, and commits instead of handing the proof in.

import { el } from "./dom.js";

/** The numbered clauses of a notice, each to be read on a line of its own. */
const clauses = (notice) => notice.split(/(?<=。)(?=[一二三四五]、)/);

/** The box to tick for a material, and what the applicant is told; `onChange` hears whether it is ticked. */
export function commitmentFields({ code, commitmentNotice }, { isApplicant, isCommitted = false, onChange = () => {} }) {
  const box = el("input", { type: "checkbox", id: `commit-${code}`, checked: isCommitted, onchange: () => onChange(box.checked) });
  return [el("label", { class: "check", for: box.id }, box, `${isApplicant ? "我" : "申请人"}已知晓告知内容，书面承诺代替提交本材料`),
    el("details", { open: isCommitted }, el("summary", {}, "告知承诺的内容"), clauses(commitmentNotice).map((clause) => el("p", {}, clause)))];
}
