// What can be read in an element, and in the editors within.
const [root] = arguments;
const editors = [...root.querySelectorAll("*")].filter((el) => el.shadowRoot && shown(el));
return squeeze([root, ...editors.flatMap((el) => [...el.shadowRoot.children])].map((el) => el.innerText ?? "").join(" "));
