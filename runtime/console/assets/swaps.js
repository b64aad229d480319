// What is done whenever a part of a page is new: when the page comes, after htmx, after an upload.

const steps = [];

/// Runs `step` on each new part of a page, from the page itself on.
export function whenNew(step) {
    steps.push(step);
}

export function settled(part) {
    for (const step of steps) step(part);
}

/// The elements that match in a part, the part itself included.
export function within(part, selector) {
    return [...(part.matches?.(selector) ? [part] : []), ...part.querySelectorAll(selector)];
}

// The error summary, or the note that it is done: whoever reads by ear is otherwise left where nothing happened.
whenNew((part) => {
    const [target] = within(part, "[data-focus]");
    if (!target) return;
    if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus();
});

document.addEventListener("htmx:after:settle", ({ detail }) => {
    // A morph also lists what it only copied from, which is nowhere in the page.
    const parts = detail.newContent.filter((node) => node instanceof Element && node.isConnected);
    for (const part of parts) settled(part);
});
