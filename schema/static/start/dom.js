// Elements are made here and nowhere else: text is always text, never markup.

/** Make an element. Attributes that start with "on" are listeners; false, null and undefined are left out. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  return put(node, ...children);
}

/** Append children: strings, numbers, nodes, lists of them; null and false are left out. */
export function put(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** Replace all children. */
export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, ...children);
}

export const byId = (id) => document.getElementById(id);

export const chip = (text, tone = "") => el("span", { class: `chip ${tone}` }, text);

/** A labelled field; `hint` is read out with it. */
export function field(label, control, hint = "") {
  const id = control.id || `f${(counter += 1)}`;
  control.id = id;
  const note = hint && el("small", { id: `${id}-hint`, class: "soft" }, hint);
  if (note) control.setAttribute("aria-describedby", note.id);
  return el("div", { class: "field" }, el("label", { for: id }, label), control, note);
}
let counter = 0;

/** A drop-down of [value, text] pairs. */
export function select(options, attributes = {}) {
  const node = el("select", { ...attributes, value: undefined });
  put(node, options.map(([value, text]) => el("option", { value }, text)));
  if (attributes.value !== undefined) node.value = attributes.value;
  return node;
}

/** A button that chooses files; `onChange` hears that others were chosen. */
export function filePicker(label, onChange = () => {}) {
  const input = el("input", { type: "file", class: "sr", multiple: true, accept: ".pdf,.ofd,.jpg,.jpeg,.png,.heic", "aria-label": label, onchange: onChange });
  return { input, button: el("label", { class: "button small plain file" }, input, "选择文件") };
}

/** Rows of term and description; rows without a description are left out. */
export function facts(rows) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", { class: "facts" }, shown.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
}

/** Say something that goes away by itself; it is read out. */
export function toast(text, tone = "") {
  const node = el("p", { class: `toast ${tone}` }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), tone === "bad" ? 12000 : 6000);
}

/** Run `work` while `button` is disabled; show what goes wrong in `place`, or as a toast. */
export async function busy(button, work, place = null) {
  button.disabled = true;
  if (place) fill(place);
  try {
    return await work();
  } catch (error) {
    if (place) fill(place, el("p", { class: "notice bad", role: "alert" }, error.message));
    else toast(error.message, "bad");
    if (!error.code) console.error(error);
    return undefined;
  } finally {
    button.disabled = false;
  }
}

/** A card with one form, alone on the page: `button` runs `go`. */
export function step(title, lines, fields, button, go) {
  const fault = el("div");
  const submit = el("button", { type: "submit" }, button);
  const form = el("form", { class: "card box narrow" }, el("h1", {}, title), lines.map((line) => el("p", { class: "soft" }, line)), fields, fault, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, go, fault);
  });
  return form;
}

/** Call `work` once things have been quiet for `ms`, however often it is asked for. */
export function debounced(work, ms = 60) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };
}
