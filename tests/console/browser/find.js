// Finds what a person would name. `steps` leads inwards, from the page to the part; each is a role and a name, or no name.
// Answers the `element`, or how `many` there are and what is `there`.
const [steps] = arguments;

// An open dialog keeps everything else out of reach.
let element = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.documentElement;
for (const [index, step] of steps.entries()) {
  const inside = index === 0 ? [element, ...all(element)] : [...all(element)];
  const of = inside.filter((el) => isA(el, step.role));
  const found = of.filter((el) => step.name === null || name(el) === step.name || plain(el) === step.name);
  if (found.length !== 1) {
    const told = ["button", "link", "heading", "table", "alert", "status", "dialog", "region", ...fields];
    const list = of.length ? of : inside.filter((el) => told.includes(role(el)));
    return { many: found.length, there: list.slice(0, 80).map((el) => `${role(el)} "${name(el).slice(0, 100)}"`) };
  }
  element = found[0];
}
return { element, enabled: !element.matches(":disabled, [aria-disabled=true]") };
