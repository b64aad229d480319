// One connector for all that an author may do: `mode` of its configuration says what.

import { accepted, connector, exchange, failure, request } from "../sdk/index.js";

const URL = "https://api.example.com/send";
const ask = (body = {}) => exchange(request.post(URL).json(body));

/** @type {Record<string, (call: any, message: any) => any>} */
const MODES = {
  told: (call, message) => {
    const random = [Math.random(), Math.random()];
    const date = new Date();
    const answer = ask({ text: message.text, issuedAt: call.issuedAt, now: Date.now(), iso: date.toISOString(), random });
    return accepted("accepted", answer.json({ id: "string" }).id);
  },
  async: async () => {
    const [first, second] = await Promise.all([ask({ part: 1 }), Promise.resolve().then(() => ask({ part: 2 }))]);
    for await (const answer of [first, second]) await answer.json({ id: "string" });
    return accepted("queued", first.json({ id: "string" }).id);
  },
  "async-throws": async () => {
    await null;
    ask();
    throw new TypeError("after an await");
  },
  "async-fails": async () => {
    await null;
    throw failure("quota-exceeded", "after an await").code("Q1");
  },
  never: () => new Promise(() => {}),
  timer: async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return accepted("accepted", "1");
  },
  throws: () => {
    const nothing = JSON.parse("null");
    return nothing.id;
  },
  "throws-after": () => {
    ask();
    throw new RangeError("too late");
  },
  "throws-text": () => {
    throw "just words";
  },
  recursion: () => {
    const deeper = (depth) => deeper(depth + 1) + 1;
    return deeper(0);
  },
  nothing: () => {
    ask();
  },
  misspelt: () => {
    ask();
    return { status: "acepted", messageIds: ["1"] };
  },
  beside: () => {
    ask();
    return { status: "accepted", messageIds: [1, 2n], segments: "two", price: { amount: "1" }, extra: { a: "b" } };
  },
  halves: () => {
    const answer = exchange(request.post(URL).header("x-half", "ab").content("text/plain", "a\ud800b"));
    return accepted("accepted", `${answer.json({ id: "string" }).id}\udc00`);
  },
  forbidden: () => exchange(request.get("https://elsewhere.example/")),
  says: () => {
    console.log("one", { two: 3 }, undefined);
    console.error(new Error("four"));
    return accepted("accepted", ask().json({ id: "string" }).id);
  },
  reads: () => accepted("accepted", ask().json({ id: "string" }).id),
  "reads-text": () => accepted("accepted", `${ask().text().length}`),
};

export const { sms, account, deliveryReports } = connector({
  send: (call, /** @type {{ mode: string }} */ config, message) => MODES[config.mode](call, message),
  check: (call) => ({ name: `${call.environment} ${ask().status}`, balance: { amount: "1.50", currency: "EUR" } }),
  handle(call, config, callback) {
    if (callback.header("X-Mode") === "throws") throw new Error("unreadable");
    const form = callback.form();
    return { reports: [{ messageIds: [form.get("id") ?? ""], status: "delivered" }], answer: { body: "thanks" } };
  },
});
