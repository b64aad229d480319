// <cs-editor>: a textarea of JSON with line numbers, colours and marks. The textarea stays: it is what is posted, what
// htmx sees, and all there is without JavaScript.
import * as cm from "./codemirror.js";
import { faults } from "./json-faults.js";
import { highlighting, page, theme } from "./editor-theme.js";
import { phrases, problemAt, problems } from "./wording.js";

const LINT_DELAY_MS = 300;
const VALUE = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
// A change that comes from the textarea must not be sent back to it.
const FROM_OUTSIDE = "outside";

class Editor extends HTMLElement {
    static observedAttributes = ["data-faults"];

    connectedCallback() {
        this.childWatch ??= new MutationObserver(() => this.mount());
        this.childWatch.observe(this, { childList: true });
        this.mount();
    }

    // A swap may take the element out and put it back at once; only what stays away is taken down.
    disconnectedCallback() {
        queueMicrotask(() => this.isConnected || this.unmount());
    }

    connectedMoveCallback() {}

    // After the swap, since places are meant in the new text, and the attribute is set before it.
    attributeChangedCallback() {
        queueMicrotask(() => this.view && this.mark());
    }

    /// As a form control has it, for whoever submits the form of what has the focus.
    get form() {
        return this.textarea?.form ?? null;
    }

    focus() {
        this.view?.focus();
    }

    mount() {
        const textarea = this.querySelector("textarea[data-editor]");
        if (textarea === this.textarea) return;
        this.unmount();
        if (!textarea) return;
        this.textarea = textarea;
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = [page];
        root.replaceChildren(document.createElement("slot"));
        this.fromPage = new cm.Compartment();
        // In a shadow root CodeMirror adopts its style sheets; elsewhere it would need inline styles.
        const doc = VALUE.get.call(textarea);
        this.view = new cm.EditorView({ root, parent: root, doc, extensions: this.extensions() });
        this.listen();
        this.describe();
        this.mark();
    }

    unmount() {
        this.stop?.abort();
        this.attributeWatch?.disconnect();
        clearTimeout(this.linting);
        if (this.textarea) {
            delete this.textarea.value;
            delete this.textarea.focus;
        }
        this.view?.destroy();
        this.shadowRoot?.replaceChildren(document.createElement("slot"));
        this.view = this.textarea = undefined;
    }

    extensions() {
        // Ctrl+Enter saves the form, and Tab leaves the editor: neither is the editor's.
        const keys = cm.defaultKeymap.filter(({ key }) => key !== "Mod-Enter");
        return [
            cm.lineNumbers(), cm.lintGutter(), cm.history(), cm.highlightSpecialChars(), cm.highlightActiveLine(),
            cm.bracketMatching(), cm.indentOnInput(), cm.indentUnit.of("  "), cm.json(), highlighting, theme,
            cm.EditorView.lineWrapping, cm.linter(null), cm.showPanel.of(problemLine),
            cm.EditorState.phrases.of(phrases), cm.EditorView.domEventHandlers({ beforeinput: typeOver }),
            cm.keymap.of([...keys, ...cm.historyKeymap, ...cm.lintKeymap]),
            this.fromPage.of([]),
            cm.EditorView.updateListener.of((update) => update.docChanged && this.changed(update)),
        ];
    }

    listen() {
        const { textarea, view } = this;
        this.stop = new AbortController();
        const { signal } = this.stop;
        Object.defineProperty(textarea, "value", {
            configurable: true,
            get: () => VALUE.get.call(textarea),
            set: (text) => { VALUE.set.call(textarea, text); this.pull(); },
        });
        textarea.focus = () => view.focus();
        // The label of a textarea clicks it, and the browser asks for the focus when a required one is empty.
        textarea.addEventListener("click", () => view.focus(), { signal });
        textarea.addEventListener("invalid", (event) => { event.preventDefault(); view.focus(); }, { signal });
        document.addEventListener("reset", ({ target }) => {
            if (target === textarea.form) setTimeout(() => this.pull());
        }, { signal });
        window.addEventListener("pageshow", () => this.pull(), { signal });
        // What the page hears is the textarea's own event, once, and with the new text in it.
        view.dom.addEventListener("input", (event) => event.stopPropagation(), { signal });
        view.contentDOM.addEventListener("blur", () => this.leave(), { signal });
        // The error summary links to the textarea, which can't take the focus itself.
        document.addEventListener("click", ({ target }) => {
            const href = target.closest?.("a")?.getAttribute("href");
            if (textarea.id && href === `#${textarea.id}`) setTimeout(() => view.focus());
        }, { signal });
        this.attributeWatch = new MutationObserver(() => this.describe());
        this.attributeWatch.observe(textarea, { attributes: true });
    }

    leave() {
        if (!this.dirty) return;
        this.dirty = false;
        this.textarea.dispatchEvent(new Event("change", { bubbles: true }));
    }

    changed(update) {
        clearTimeout(this.linting);
        this.linting = setTimeout(() => this.mark(true), LINT_DELAY_MS);
        if (update.transactions.some((transaction) => transaction.isUserEvent(FROM_OUTSIDE))) return;
        VALUE.set.call(this.textarea, update.state.doc.toString());
        this.dirty = true;
        this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
    }

    /// Takes over the textarea's text, changing no more than differs: cursor, marks and undo stay.
    pull() {
        if (!this.view) return;
        const [old, text] = [this.view.state.doc.toString(), VALUE.get.call(this.textarea)];
        if (old === text) return;
        let from = 0;
        while (from < Math.min(old.length, text.length) && old[from] === text[from]) from += 1;
        let [to, end] = [old.length, text.length];
        while (to > from && end > from && old[to - 1] === text[end - 1]) { to -= 1; end -= 1; }
        this.view.dispatch({ changes: { from, to, insert: text.slice(from, end) }, userEvent: FROM_OUTSIDE });
    }

    /// What the textarea says about itself, said of the editor.
    describe() {
        const { textarea, view } = this;
        const fixed = textarea.readOnly || textarea.matches(":disabled");
        const labels = [...textarea.labels].map((each) => each.textContent.trim()).join(" ");
        const attributes = {
            "aria-label": textarea.getAttribute("aria-label") ?? labels,
            "aria-readonly": String(fixed),
            "aria-required": String(textarea.required),
            "aria-invalid": textarea.getAttribute("aria-invalid") ?? "false",
            // Editable is focusable, but not every tool that checks a page for it knows.
            tabindex: "0",
        };
        view.dispatch({ effects: this.fromPage.reconfigure([
            cm.EditorState.readOnly.of(fixed),
            cm.EditorView.contentAttributes.of(attributes),
            cm.EditorView.editorAttributes.of({ class: fixed ? "fixed" : "" }),
        ]) });
        // Ids of the page mean nothing in a shadow root, but elements do.
        const ids = (textarea.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
        view.contentDOM.ariaDescribedByElements = ids.map((id) => document.getElementById(id)).filter(Boolean);
    }

    /// Marks the text's own faults and the server's. The server's stay at their text until the next answer.
    mark(keep = false) {
        const { state } = this.view;
        const server = [];
        if (keep) cm.forEachDiagnostic(state, (each, from, to) => each.server && server.push({ ...each, from, to }));
        else server.push(...this.told(state));
        // An empty field is for the server to judge: it may be optional.
        const own = state.doc.length ? faults(state.doc.toString()) : [];
        const marks = [...own.map(({ text, ...fault }) => ({ ...fault, message: text })), ...server];
        marks.sort((a, b) => a.from - b.from || a.to - b.to);
        this.view.dispatch(cm.setDiagnostics(state, marks));
    }

    told(state) {
        let list;
        try {
            list = JSON.parse(this.dataset.faults || "[]");
        } catch {
            return [];
        }
        if (!Array.isArray(list)) return [];
        return list.slice(0, 200).map((fault) => {
            const line = state.doc.line(Math.min(Math.max(Math.trunc(fault.line) || 1, 1), state.doc.lines));
            const [from, to] = within(state, line, Math.trunc(fault.column) || 0);
            return { from, to, message: String(fault.text), severity: "error", server: true };
        });
    }
}

// Left to itself, Chromium keeps the colour of what is typed over by an inline style, which the page forbids.
function typeOver(event, view) {
    const { state } = view;
    if (event.inputType !== "insertText" || !event.data || state.selection.main.empty || state.readOnly) return false;
    if (view.composing) return false;
    event.preventDefault();
    view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
}

// Columns count characters from 1. Without one the whole line is meant.
function within(state, line, column) {
    if (column < 1) return [line.from + line.text.search(/\S|$/), line.to];
    const before = [...line.text].slice(0, column - 1).join("").length;
    const from = Math.min(line.from + before, line.to);
    const to = Math.min(cm.syntaxTree(state).resolveInner(from, 1).to, line.to);
    return [from, Math.max(to, from)];
}

// The first problem in words under the text, since a mark alone is neither heard nor understood.
function problemLine() {
    const dom = document.createElement("div");
    dom.className = "problem";
    dom.setAttribute("role", "status");
    const update = ({ state }) => {
        const found = [];
        cm.forEachDiagnostic(state, ({ message }, from) => {
            found.push(problemAt(state.doc.lineAt(from).number, message));
        });
        const text = found.length ? problems(found[0], found.length) : "";
        // Writing the same again would be read out again.
        if (dom.textContent !== text) dom.textContent = text;
        dom.hidden = !text;
    };
    return { dom, update };
}

customElements.define("cs-editor", Editor);
