// A pressed button can't be pressed again, and says so if it takes a while.

const PATIENCE_MS = 300;
const running = new Map();

/// Marks a button and its region as busy, until `done(key)`.
function begin(key, button, region) {
    if (running.has(key)) return;
    const state = { button, region, label: button?.textContent, focused: button && document.activeElement === button };
    region?.setAttribute("aria-busy", "true");
    if (button) {
        button.disabled = true;
        state.timer = setTimeout(() => {
            if (button.dataset.busy) button.textContent = button.dataset.busy;
        }, PATIENCE_MS);
    }
    running.set(key, state);
}

function done(key) {
    const state = running.get(key);
    if (!state) return;
    running.delete(key);
    clearTimeout(state.timer);
    state.region?.removeAttribute("aria-busy");
    const { button } = state;
    if (!button) return;
    button.disabled = false;
    // A swap may have given it other words meanwhile.
    if (button.textContent === button.dataset.busy) button.textContent = state.label;
    // A disabled button loses the focus, and with it the place of whoever uses the keyboard.
    if (state.focused && document.activeElement === document.body) button.focus();
}

document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    // A download leaves the page as it is: nothing would ever end it.
    const stays = form.target || form.method === "dialog" || "download" in form.dataset || "upload" in form.dataset;
    if (event.defaultPrevented || stays) return;
    // Only once the browser has taken the form's data is the button's own name and value in it.
    setTimeout(() => begin(form, button, form));
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const source = ctx.sourceElement;
    const button = ctx.request.submitter ?? (source.matches("button") ? source : null);
    begin(ctx, button, ctx.target);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => done(ctx));

// "Back" shows the page as it was left, with the button still pressed.
addEventListener("pageshow", ({ persisted }) => {
    if (persisted) for (const key of [...running.keys()]) done(key);
});
