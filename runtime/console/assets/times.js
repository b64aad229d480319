// <time datetime data-relative>: "2 minutes ago" stays true on a page that is left open.
import { whenNew, within } from "./swaps.js";

const REFRESH_MS = 30_000;
const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });

/// The time in words, rounded towards now, as the server does.
export function relative(then, now) {
    let amount = (then - now) / 1000;
    for (const [unit, size] of STEPS) {
        if (Math.abs(amount) < size) return words.format(Math.trunc(amount), unit);
        amount /= size;
    }
}

function refresh(part) {
    for (const time of within(part, "time[datetime][data-relative]")) {
        const then = Date.parse(time.dateTime);
        const text = Number.isNaN(then) ? null : relative(then, Date.now());
        if (text && time.textContent !== text) time.textContent = text;
    }
}

setInterval(() => document.hidden || refresh(document), REFRESH_MS);
document.addEventListener("visibilitychange", () => document.hidden || refresh(document));
whenNew(refresh);
