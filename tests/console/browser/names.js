// What people call things: role and accessible name, near enough to the standard for the markup of the console.
const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const inputs = { search: "searchbox", number: "spinbutton", checkbox: "checkbox", radio: "radio", range: "slider",
  submit: "button", button: "button", reset: "button", image: "button" };
const tags = { a: (el) => el.hasAttribute("href") && "link", button: "button", summary: "button", textarea: "textbox",
  input: (el) => inputs[el.type] ?? "textbox", select: (el) => (el.multiple ? "listbox" : "combobox"), option: "option",
  h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading", nav: "navigation", main: "main",
  table: "table", tr: "row", td: "cell", th: (el) => (el.scope === "row" ? "rowheader" : "columnheader"), ul: "list",
  ol: "list", li: "listitem", dialog: "dialog", section: (el) => named(el) && "region", form: (el) => named(el) && "form",
  fieldset: "group", details: "group", progress: "progressbar", meter: "meter", output: "status", figure: "figure",
  article: "article", aside: "complementary", iframe: "iframe", img: (el) => el.getAttribute("alt") !== "" && "img" };
const fields = new Set(["textbox", "searchbox", "spinbutton", "checkbox", "radio", "slider", "combobox", "listbox", "switch"]);
const fromContent = new Set(["button", "link", "heading", "cell", "rowheader", "columnheader", "option", "tab", "menuitem", "switch"]);

const role = (el) => {
  const given = el.getAttribute("role");
  const implied = tags[el.localName];
  return given || (typeof implied === "function" ? implied(el) : implied) || "";
};
const named = (el) => el.hasAttribute("aria-label") || el.hasAttribute("aria-labelledby");
const shown = (el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest('[aria-hidden="true"], [inert]');

// What an element says, without what is decoration.
const content = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true" || node.hidden) return "";
  if (node.hasAttribute("aria-label")) return node.getAttribute("aria-label");
  if (node.localName === "img") return node.alt;
  if (["select", "textarea", "script", "style"].includes(node.localName)) return "";
  return [...node.childNodes].map(content).join(node.localName === "td" ? " " : "");
};
const byIds = (el, ids) => ids.split(/\s+/).map((id) => el.getRootNode().getElementById(id)).filter(Boolean).map(content).join(" ");
const child = (el, tag) => [...el.children].find((inner) => inner.localName === tag);
const name = (el) => {
  const is = role(el);
  if (el.hasAttribute("aria-labelledby")) return squeeze(byIds(el, el.getAttribute("aria-labelledby")));
  if (el.getAttribute("aria-label")) return squeeze(el.getAttribute("aria-label"));
  if (el.labels?.length) return squeeze([...el.labels].map(content).join(" "));
  if (el.localName === "input" && is === "button") return squeeze(el.value || el.alt || el.type);
  const caption = { table: "caption", fieldset: "legend", figure: "figcaption", svg: "title" }[el.localName];
  if (caption && child(el, caption)) return squeeze(content(child(el, caption)));
  if (el.localName === "img") return squeeze(el.alt);
  // A row goes by the name of its heading; a group that opens by what opens it.
  if (is === "row") return squeeze(content(el.querySelector('th[scope="row"]') ?? el));
  if (el.localName === "details" && child(el, "summary")) return squeeze(content(child(el, "summary")));
  return squeeze((fromContent.has(is) && content(el)) || el.title || el.getAttribute("placeholder"));
};

// Of labels, whether the field must be filled in is no part of the name that people use.
const plain = (el) => (fields.has(role(el)) || el.isContentEditable ? name(el).replace(/ (Required|Optional)$/, "") : name(el));
const isA = (el, wanted) => (wanted === "field" ? fields.has(role(el)) : role(el) === wanted);
function* all(root) {
  for (const el of root.querySelectorAll("*")) {
    if (!["script", "style", "head", "meta", "link", "title"].includes(el.localName) && shown(el)) yield el;
    if (el.shadowRoot) yield* all(el.shadowRoot);
  }
}

