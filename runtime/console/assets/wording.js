// All wording of the scripts. What a page says itself comes in the page's attributes.

export const copied = "Copied";
export const pressToCopy = "Selected. Press Ctrl+C to copy it.";

export const live = "Live";
export const reconnecting = "Connection lost, trying again";
export const paused = (waiting) => (waiting ? `Paused, ${waiting} waiting` : "Paused");

export const sending = (percent) => `Sending, ${percent} %`;
export const working = "Working";
export const elapsed = (seconds) =>
    seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
export const uploadStopped = "Stopped. Nothing was kept.";
export const uploadFailed =
    "The connection broke before there was an answer. The file may be too large, or the server may be gone.";
export const uploadUnreadable = (status) =>
    `The server answered with status ${status}, and nothing this page can show.`;

export const problemAt = (line, text) => `Line ${line}: ${text}`;
export const problems = (first, count) =>
    count > 1 ? `${first} (${count} problems, Ctrl+Shift+M lists them)` : `${first} (Ctrl+Shift+M goes there)`;

// CodeMirror's own words, where ours differ.
export const phrases = { Diagnostics: "Problems", "No diagnostics": "No problems", close: "Close" };

export const json = {
    empty: "There is nothing here; JSON needs a value, for example {}",
    tooDeep: "Too many brackets inside each other",
    afterEnd: "The JSON has ended before this",
    endsEarly: "The JSON ends too early: a bracket is not closed",
    value: "A value is missing here",
    unknown: (word) => `“${word}” is not a value; texts need double quotes`,
    singleQuotes: "Texts need double quotes, not single ones",
    name: "A name in double quotes must be here",
    colon: "A colon must stand between a name and its value",
    commaOrEnd: (close) => `A comma or ${close} must be here`,
    trailingComma: (close) => `No comma before ${close}`,
    twice: (name) => `“${name}” is here twice; only the last one counts`,
    textOpen: "This text has no closing quote",
    control: "A line break or tab in a text is written \\n or \\t",
    escape: 'After a backslash only " \\ / b f n r t or u and four hex digits can stand',
    number: "This is not a number as JSON writes one",
    comment: "JSON has no comments",
};
