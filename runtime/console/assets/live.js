// data-live="/console/…": what the server's event stream sends is put first. The data is HTML of our own server.
import { settled, whenNew, within } from "./swaps.js";
import { live, paused, reconnecting } from "./wording.js";

const CHILDREN_MAX = 200;
const RETRY_MS = 5000;
const streams = new Map();

class Stream {
    constructor(element) {
        Object.assign(this, { element, url: element.dataset.live, waiting: [], paused: false });
        this.open();
    }

    open() {
        const source = new EventSource(this.url);
        this.source = source;
        source.onopen = () => { this.broken = false; this.tell(); };
        source.onmessage = ({ data }) => this.receive(data);
        source.onerror = () => {
            this.broken = true;
            this.tell();
            // After an answer that is no stream, a restart of the server for one, the browser would not try again.
            if (source.readyState === EventSource.CLOSED) this.retry = setTimeout(() => this.open(), RETRY_MS);
        };
    }

    close() {
        clearTimeout(this.retry);
        this.source.close();
    }

    receive(html) {
        this.waiting.push(html);
        if (this.waiting.length > CHILDREN_MAX) this.waiting.shift();
        if (this.paused) this.tell();
        else this.show();
    }

    show() {
        for (const html of this.waiting.splice(0)) {
            const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
            settled(content);
            this.element.prepend(content);
        }
        while (this.element.children.length > CHILDREN_MAX) this.element.lastElementChild.remove();
    }

    /// What moves by itself can be stopped, to be read (WCAG 2.2.2).
    pause(button) {
        this.paused = !this.paused;
        button.setAttribute("aria-pressed", String(this.paused));
        if (!this.paused) this.show();
        this.tell();
    }

    tell() {
        const text = this.broken ? reconnecting : this.paused ? paused(this.waiting.length) : live;
        const state = this.broken ? "reconnecting" : this.paused ? "paused" : "live";
        const mine = `[data-live-state="#${CSS.escape(this.element.id)}"]`;
        for (const place of document.querySelectorAll(`[data-live-state=""], ${mine}`)) {
            place.textContent = text;
            place.dataset.state = state;
        }
    }
}

function refresh() {
    for (const [element, stream] of streams) {
        if (element.isConnected && element.dataset.live === stream.url) continue;
        stream.close();
        streams.delete(element);
    }
    for (const element of document.querySelectorAll("[data-live]")) {
        if (!streams.has(element)) streams.set(element, new Stream(element));
        else streams.get(element).tell();
    }
}

document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-live-pause]");
    const stream = button && streams.get(document.querySelector(button.dataset.livePause || "[data-live]"));
    if (stream) stream.pause(button);
});
whenNew((part) => {
    for (const button of within(part, "[data-live-pause]")) button.hidden = false;
    // What a stream brings in has no stream of its own.
    if (part.isConnected) refresh();
});

// An open connection would keep the page from being kept for "Back".
addEventListener("pagehide", () => {
    for (const stream of streams.values()) stream.close();
    streams.clear();
});
addEventListener("pageshow", ({ persisted }) => persisted && refresh());
