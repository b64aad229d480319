// <form data-upload>: drag and drop, how much is sent, how long the server judges, and a way to stop it.
import { say } from "./say.js";
import { settled } from "./swaps.js";
import * as wording from "./wording.js";

const RESULT = "[data-upload-result]";
const zoneOf = (event) => event.target.closest?.("[data-drop]");
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event) || !document.querySelector("[data-drop]")) return;
    // Beside the zone too: a browser that is left alone opens the file in place of the page.
    event.preventDefault();
    const zone = zoneOf(event);
    event.dataTransfer.dropEffect = zone ? "copy" : "none";
    mark(zone);
});
document.addEventListener("dragleave", (event) => event.relatedTarget || mark(null));
document.addEventListener("drop", (event) => {
    if (!carriesFiles(event) || !document.querySelector("[data-drop]")) return;
    event.preventDefault();
    mark(null);
    const zone = zoneOf(event);
    const input = zone?.querySelector("input[type=file]") ?? zone?.closest("form")?.querySelector("input[type=file]");
    if (!input || input.disabled) return;
    const taken = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) taken.items.add(file);
    input.files = taken.files;
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
    input.focus();
});

function mark(zone) {
    for (const each of document.querySelectorAll("[data-drop]")) each.toggleAttribute("data-over", each === zone);
}

document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-upload]")) return;
    event.preventDefault();
    if (!uploads.has(form)) uploads.set(form, new Upload(form, event.submitter));
});
document.addEventListener("click", ({ target }) => {
    const form = target.closest?.("[data-upload-cancel]")?.closest("form");
    uploads.get(form)?.xhr.abort();
});

const uploads = new Map();

// "Back" shows the page as it was left when the answer led away.
addEventListener("pageshow", ({ persisted }) => {
    if (persisted) for (const upload of [...uploads.values()]) upload.end("");
});

class Upload {
    constructor(form, button) {
        const xhr = new XMLHttpRequest();
        Object.assign(this, { form, button, xhr, action: new URL(form.action, location.href).href });
        const data = new FormData(form, button);
        this.busy(true);
        xhr.upload.onprogress = ({ loaded, total, lengthComputable }) => lengthComputable && this.sent(loaded / total);
        xhr.upload.onload = () => this.wait();
        xhr.onload = () => this.answered();
        xhr.onerror = () => this.end(wording.uploadFailed);
        xhr.onabort = () => this.end(wording.uploadStopped);
        xhr.open("POST", this.action);
        xhr.responseType = "document";
        xhr.send(data);
    }

    part(name) {
        return this.form.querySelector(`[data-upload-${name}]`);
    }

    busy(on) {
        this.form.setAttribute("aria-busy", String(on));
        if (this.button) this.button.disabled = on;
        const [progress, cancel] = [this.part("progress"), this.part("cancel")];
        if (progress) Object.assign(progress, { hidden: !on, max: 1, value: 0 });
        if (cancel) cancel.hidden = !on;
    }

    tell(text, aloud = false) {
        const place = this.part("state");
        if (place) Object.assign(place, { hidden: !text, textContent: text });
        if (aloud) say(text);
    }

    sent(share) {
        const progress = this.part("progress");
        if (progress) progress.value = share;
        this.tell(wording.sending(Math.floor(share * 100)));
    }

    /// All is sent; how long judging takes nobody knows, so the seconds are counted and the bar only moves.
    wait() {
        this.part("progress")?.removeAttribute("value");
        const began = performance.now();
        const text = this.form.dataset.working || wording.working;
        const tick = () => this.tell(`${text} ${wording.elapsed(Math.floor((performance.now() - began) / 1000))}`);
        this.ticking = setInterval(tick, 1000);
        tick();
        say(text);
    }

    answered() {
        const { xhr } = this;
        // Another address is a redirect: the answer of a save that went well, or the sign-in page.
        if (xhr.responseURL && xhr.responseURL !== this.action) return location.assign(xhr.responseURL);
        const theirs = xhr.response?.querySelector(RESULT);
        const ours = document.querySelector(RESULT);
        if (!theirs || !ours) return this.end(wording.uploadUnreadable(xhr.status));
        this.end("");
        const fresh = document.importNode(theirs, true);
        ours.replaceWith(fresh);
        window.htmx?.process(fresh);
        settled(fresh);
    }

    end(text) {
        clearInterval(this.ticking);
        uploads.delete(this.form);
        this.busy(false);
        this.tell(text, Boolean(text));
    }
}
