// <p data-lost role="alert" hidden>: shown when htmx got no answer, or one that can't be put into the page. Otherwise a
// pressed button would seem to do nothing.

function show(lost) {
    for (const notice of document.querySelectorAll("[data-lost]")) notice.hidden = !lost;
}

document.addEventListener("htmx:error", () => show(true));
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => show(ctx.response.status >= 500));
