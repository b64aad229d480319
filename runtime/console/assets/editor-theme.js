// How the editor looks. Every colour is the page's, by its custom properties, so light and dark are the page's affair.
import * as cm from "./codemirror.js";

const { tags } = cm;
const or = (name, light, dark) => `var(--${name}, light-dark(${light}, ${dark}))`;
const colour = {
    text: or("text", "#1b1b18", "#ecece8"),
    muted: or("muted", "#62625c", "#a3a39c"),
    panel: or("panel", "#fff", "#1a1a19"),
    sunken: or("sunken", "#f4f4f2", "#0d0d0c"),
    line: or("line", "#e4e4e0", "#2c2c2a"),
    border: or("line-strong", "#8b8b85", "#73736d"),
    accent: or("accent", "#0b6b4f", "#4cc39a"),
    danger: or("danger", "#b3261e", "#ff8a80"),
    warn: or("warn", "#8a5a00", "#e8b34b"),
    name: or("code-name", "#1d4f91", "#8ab8f5"),
    string: or("code-string", "#0b6b4f", "#4cc39a"),
    number: or("code-number", "#8a4b00", "#e8b34b"),
    keyword: or("code-keyword", "#7a2f8f", "#d59be6"),
    selection: or("code-selection", "#cfe6dd", "#234a3d"),
};

// Brackets and commas stay plain: they are most of the text and say least.
export const highlighting = cm.syntaxHighlighting(cm.HighlightStyle.define([
    { tag: tags.propertyName, color: colour.name },
    { tag: tags.string, color: colour.string },
    { tag: tags.number, color: colour.number },
    { tag: [tags.bool, tags.null], color: colour.keyword },
]));

// For what is outside CodeMirror: the element and its textarea, which stays in the page but is neither seen nor reached
// by Tab. It keeps its place, so a link to it scrolls here.
export const page = new CSSStyleSheet();
page.replaceSync(`
    :host { display: block; position: relative; min-inline-size: 0 }
    ::slotted(textarea) { position: absolute !important; inset: 0 !important; inline-size: 100% !important;
        block-size: 1px !important; visibility: hidden !important }
    ::slotted(:not(textarea)) { position: relative }
`);

const sign = (mark) => ({ content: `"${mark}"`, display: "block", textAlign: "center" });
const pin = (tint, mark) => ({ color: tint, content: "normal", "&::before": sign(mark) });
const wave = (tint) => ({
    backgroundImage: "none", textDecoration: `underline wavy ${tint}`, textDecorationSkipInk: "none",
});
const box = {
    color: colour.text, backgroundColor: colour.panel, border: `1px solid ${colour.border}`, borderRadius: "6px",
};

export const theme = cm.EditorView.theme({
    "&": {
        ...box,
        minHeight: "var(--editor-height-min, 8rem)", maxHeight: "var(--editor-height-max, 28rem)", overflow: "hidden",
    },
    "&.fixed": { backgroundColor: colour.sunken },
    "&.cm-focused": { outline: `2px solid ${colour.accent}`, outlineOffset: "2px" },
    ".cm-scroller": {
        overflow: "auto", fontFamily: "var(--mono, ui-monospace, monospace)", fontSize: "13px", lineHeight: "20px",
    },
    ".cm-content": { caretColor: colour.text, paddingBlock: "8px" },
    ".cm-gutters": { color: colour.muted, backgroundColor: colour.sunken, borderInlineEnd: `1px solid ${colour.line}` },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
    "&.cm-focused .cm-activeLine": { backgroundColor: `color-mix(in srgb, ${colour.sunken} 60%, transparent)` },
    ".cm-content ::selection, .cm-line::selection": { backgroundColor: colour.selection },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: `1px solid ${colour.border}` },
    "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", outline: `1px solid ${colour.danger}` },
    ".cm-specialChar": { color: colour.danger },
    ".cm-gutter-lint": { inlineSize: "16px" },
    ".cm-gutter-lint .cm-gutterElement": { padding: "0" },
    ".cm-lint-marker": { inlineSize: "16px", blockSize: "20px", fontWeight: "700" },
    ".cm-lint-marker-error": pin(colour.danger, "✕"),
    ".cm-lint-marker-warning": pin(colour.warn, "!"),
    ".cm-lintRange": { paddingBottom: "0" },
    ".cm-lintRange-error": wave(colour.danger),
    ".cm-lintRange-warning": wave(colour.warn),
    ".cm-lintRange-active": { backgroundColor: colour.sunken },
    ".cm-lintPoint-error::after": { borderBottomColor: colour.danger },
    ".cm-lintPoint-warning::after": { borderBottomColor: colour.warn },
    ".cm-tooltip": box,
    ".cm-diagnostic": { padding: "4px 8px", whiteSpace: "pre-wrap", fontFamily: "inherit", fontSize: "13px" },
    ".cm-diagnostic-error": { borderInlineStart: `3px solid ${colour.danger}` },
    ".cm-diagnostic-warning": { borderInlineStart: `3px solid ${colour.warn}` },
    ".cm-panels": { color: colour.text, backgroundColor: colour.sunken },
    ".cm-panels.cm-panels-bottom": { border: "none" },
    ".cm-panel:not([hidden])": { borderBlockStart: `1px solid ${colour.line}` },
    ".problem": { padding: "4px 8px", fontSize: "13px", lineHeight: "18px", color: colour.danger },
    ".problem[hidden]": { display: "none" },
    ".cm-panel.cm-panel-lint ul [aria-selected]": { color: colour.text, backgroundColor: colour.panel },
    ".cm-panel.cm-panel-lint ul:focus [aria-selected]": {
        color: colour.text, backgroundColor: colour.panel, outline: `1px solid ${colour.accent}`,
    },
    ".cm-panel.cm-panel-lint button": {
        color: colour.text, fontSize: "16px", minInlineSize: "24px", minBlockSize: "24px",
    },
    "@media (prefers-reduced-motion: reduce)": { "*": { animation: "none !important", transition: "none !important" } },
});
