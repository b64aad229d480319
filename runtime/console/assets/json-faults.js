// Where a text stops being JSON, in words. `JSON.parse` says it differently in each browser, and often without a place.
import { json as words } from "./wording.js";

// As many as the server's parser accepts.
const DEPTH_MAX = 127;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[^\s,:{}[\]"]+/y;
const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Fault extends Error {
    constructor(from, to, text) {
        super(text);
        Object.assign(this, { from, to });
    }
}

/// The faults of a text: names that are there twice, and the first place where it can't be read. After that place all
/// is guesswork, so nothing more is said.
export function faults(text) {
    const found = [];
    try {
        new Reader(text, found).document();
    } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        found.push({ from: fault.from, to: fault.to, text: fault.message, severity: "error" });
    }
    return found;
}

class Reader {
    constructor(text, found) {
        Object.assign(this, { text, found, at: 0, depth: 0 });
    }

    document() {
        this.space();
        if (this.at === this.text.length) this.fail(words.empty, 0, 0);
        this.value();
        this.space();
        if (this.at < this.text.length) this.fail(words.afterEnd, this.at, this.text.length);
    }

    value() {
        const next = this.text[this.at];
        if (next === "{" || next === "[") return this.nested(next);
        if (next === '"') return this.string();
        if (next === undefined) this.fail(words.endsEarly, this.at - 1);
        if (next === "/") this.fail(words.comment);
        if (",:}]".includes(next)) this.fail(words.value);
        if (next === "'") this.fail(words.singleQuotes);
        this.scalar();
    }

    scalar() {
        const from = this.at;
        const word = this.match(WORD);
        if (word === "true" || word === "false" || word === "null") return;
        NUMBER.lastIndex = from;
        if (NUMBER.exec(this.text)?.[0] === word) return;
        this.fail(/^[-+.\d]/.test(word) ? words.number : words.unknown(word.slice(0, 40)), from, this.at);
    }

    nested(open) {
        if (++this.depth > DEPTH_MAX) this.fail(words.tooDeep);
        const close = open === "{" ? "}" : "]";
        const names = new Set();
        this.at += 1;
        this.space();
        while (this.text[this.at] !== close) {
            if (open === "{") this.name(names);
            this.value();
            this.space();
            if (this.text[this.at] === close) break;
            this.comma(close);
        }
        this.at += 1;
        this.depth -= 1;
    }

    name(names) {
        const from = this.at;
        if (this.text[from] === undefined) this.fail(words.endsEarly, from - 1);
        if (this.text[from] === "'") this.fail(words.singleQuotes);
        if (this.text[from] === "/") this.fail(words.comment);
        if (this.text[from] !== '"') this.fail(words.name);
        const name = this.string();
        if (names.has(name)) {
            this.found.push({ from, to: this.at, text: words.twice(name.slice(0, 40)), severity: "warning" });
        }
        names.add(name);
        this.space();
        if (this.text[this.at] !== ":") this.fail(words.colon, from, this.at);
        this.at += 1;
        this.space();
    }

    comma(close) {
        if (this.text[this.at] === "/") this.fail(words.comment);
        if (this.text[this.at] !== ",") {
            // The place to mend is behind what was read last, and not where the next line begins.
            const end = this.text.slice(0, this.at).trimEnd().length;
            this.fail(this.at === this.text.length ? words.endsEarly : words.commaOrEnd(close), end - 1, end);
        }
        const comma = this.at;
        this.at += 1;
        this.space();
        if (this.text[this.at] === close) this.fail(words.trailingComma(close), comma, comma + 1);
    }

    string() {
        const from = this.at;
        this.at += 1;
        for (;;) {
            this.match(PLAIN);
            const next = this.text[this.at];
            if (next === '"') break;
            if (next === undefined || next === "\n") this.fail(words.textOpen, from, this.at);
            if (next !== "\\") this.fail(words.control);
            if (!this.match(ESCAPE)) this.fail(words.escape, this.at, this.at + 2);
        }
        this.at += 1;
        // By meaning, as "\u0061" and "a" are one name.
        return JSON.parse(this.text.slice(from, this.at));
    }

    space() {
        this.match(SPACE);
    }

    match(pattern) {
        pattern.lastIndex = this.at;
        const found = pattern.exec(this.text)?.[0] ?? "";
        this.at += found.length;
        return found;
    }

    fail(text, from = this.at, to = from + 1) {
        throw new Fault(Math.max(from, 0), Math.min(to, this.text.length), text);
    }
}
