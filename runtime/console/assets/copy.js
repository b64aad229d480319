// <button data-copy="#id" hidden>: copies what the element shows, and says that it did.
import { say } from "./say.js";
import { whenNew, within } from "./swaps.js";
import { copied, pressToCopy } from "./wording.js";

const SHOWN_MS = 2000;
const labels = new WeakMap();

async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    try {
        await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
        answer(button, copied);
    } catch {
        // Without TLS, or without leave, a page can't copy; whoever looks at it can.
        select(source);
        say(pressToCopy);
    }
}

function answer(button, text) {
    say(text);
    const { label = button.textContent, timer } = labels.get(button) ?? {};
    clearTimeout(timer);
    button.textContent = text;
    const back = () => { button.textContent = label; labels.delete(button); };
    labels.set(button, { label, timer: setTimeout(back, SHOWN_MS) });
}

function select(source) {
    if (source.select) { source.focus(); source.select(); }
    else getSelection().selectAllChildren(source);
}

document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-copy]");
    if (button) copy(button);
});
whenNew((part) => {
    for (const button of within(part, "[data-copy]")) button.hidden = false;
});
