// The keyboard: `/`, `?`, sequences such as `g c`, and Ctrl+Enter. The page says which keys lead where.
import { whenNew, within } from "./swaps.js";

const SEQUENCE_MS = 1000;
let typed = [];
let last = 0;

const help = () => document.querySelector("dialog#keys-help");
const WRITABLE = "input, textarea, select, cs-editor, [contenteditable]:not([contenteditable=false])";

// Somebody who speaks to the computer, or hits keys by accident, switches single keys off (WCAG 2.1.4).
function singleKeys(event) {
    const off = document.documentElement.dataset.singleKeys === "off" || document.querySelector("dialog[open]");
    return !off && !event.composedPath().some((each) => each instanceof Element && each.matches(WRITABLE));
}

function openHelp() {
    if (help() && !help().open) help().showModal();
}

function focusSearch() {
    const search = document.querySelector("[data-search]");
    search?.focus();
    search?.select?.();
    return Boolean(search);
}

/// Whether the key is part of a sequence that some link has.
function sequence(event) {
    typed = event.timeStamp - last < SEQUENCE_MS ? [...typed, event.key] : [event.key];
    last = event.timeStamp;
    const links = [...document.querySelectorAll("[data-keys]")];
    const begins = (keys) => links.some((link) => `${link.dataset.keys} `.startsWith(`${keys.join(" ")} `));
    // `g x c` is a new beginning and not `g c`.
    if (!begins(typed)) typed = [event.key];
    if (!begins(typed)) { typed = []; return false; }
    const link = links.find((each) => each.dataset.keys === typed.join(" "));
    if (link) { typed = []; link.click(); }
    return true;
}

function submit(event) {
    const focused = document.activeElement;
    const form = focused?.form ?? focused?.closest?.("form");
    if (!form) return;
    event.preventDefault();
    // By its button, as if pressed: it may carry a name, and while it is busy it must not be pressed again.
    const buttons = [...form.elements].filter((each) => each.type === "submit" && !each.formNoValidate);
    const button = buttons.find((each) => each.matches("[data-default]")) ?? buttons[0];
    if (button) button.click();
    else form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submit(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !singleKeys(event)) return;
    if (event.key === "?" && help()) { event.preventDefault(); openHelp(); }
    else if (event.key === "/") { if (focusSearch()) event.preventDefault(); }
    else if (event.key.length === 1 && sequence(event)) event.preventDefault();
});

// The same help for a mouse, and for whoever has single keys switched off.
document.addEventListener("click", (event) => event.target.closest?.("[data-keys-help]") && openHelp());
whenNew((part) => {
    for (const button of within(part, "[data-keys-help]")) button.hidden = false;
});
