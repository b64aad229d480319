// What the SDK brings because the engine has it not, beside Node's own: `node --test`, by js.rs.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";

import * as encoding from "../../../connectors/sdk/js/encoding.js";
import { Failure, KINDS, failure, kindOf, kindOfStatus } from "../../../connectors/sdk/js/failure.js";
import * as polyfills from "../../../connectors/sdk/js/polyfills.js";
import { Promise as Ours, queueMicrotask as later, settled } from "../../../connectors/sdk/js/promise.js";
import { random, seed } from "../../../connectors/sdk/js/random.js";
import { misfit } from "../../../connectors/sdk/js/shape.js";

const TEXTS = ["", "plain", "ü ß €", "😀👩‍👩‍👧", "\u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}", "\ud800a\udc00", "\ufeffmark"];

test("text becomes the same bytes as Node's encoder makes", () => {
  for (const text of TEXTS) {
    assert.deepEqual(new polyfills.TextEncoder().encode(text), new TextEncoder().encode(text), JSON.stringify(text));
  }
});

test("bytes become the same text as Node's decoder makes, broken ones too", () => {
  const broken = ["80", "c3", "c328", "c080", "eda080", "f4908080", "f09f98", "f09f9861", "e28228", "ff", "efbbbf61", "e0 80 80"];
  const samples = [...broken.map((hex) => Buffer.from(hex.replaceAll(" ", ""), "hex"))];
  for (let round = 0; round < 500; round++) samples.push(randomBytes(round % 40));
  for (const text of TEXTS) samples.push(Buffer.from(text));
  for (const bytes of samples) {
    const hex = Buffer.from(bytes).toString("hex");
    assert.equal(new polyfills.TextDecoder().decode(bytes), new TextDecoder().decode(bytes), hex);
    const fatal = (Decoder) => {
      try {
        return new Decoder("utf-8", { fatal: true }).decode(bytes);
      } catch (error) {
        return error.constructor.name;
      }
    };
    assert.equal(fatal(polyfills.TextDecoder), fatal(TextDecoder), hex);
  }
  assert.throws(() => new polyfills.TextDecoder("shift_jis"), RangeError);
});

test("forms are written and read as Node does", () => {
  for (const text of [...TEXTS, "a=b&c=d&c=e", "?q=1", "a+b=%20%2B", "%zz=%", "%ff=%F0%9F%98%80", "=&&=x", "a=1=2", "ü=ß", "%EF%BB%BFa=1"]) {
    assert.deepEqual([...new polyfills.URLSearchParams(text)], [...new URLSearchParams(text)], JSON.stringify(text));
  }
  const pairs = TEXTS.map((text, index) => [text, `${index} !'()*-._~&=+%`]);
  for (const init of [pairs, { a: "1", b: "ü" }, new Map([["x", "y"]])]) {
    assert.equal(`${new polyfills.URLSearchParams(init)}`, `${new URLSearchParams(init)}`);
  }
  const [ours, nodes] = [polyfills.URLSearchParams, URLSearchParams].map((Params) => {
    const params = new Params("b=2&a=1&b=3&c=");
    params.set("b", "4");
    params.append("a", "5");
    params.delete("c");
    params.sort();
    return [`${params}`, params.size, params.get("a"), params.getAll("a"), params.has("b"), params.get("no")];
  });
  assert.deepEqual(ours, nodes);
});

test("digests and encodings are those that everybody knows", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = randomBytes(length);
    assert.equal(encoding.sha256Hex(bytes), createHash("sha256").update(bytes).digest("hex"));
    assert.equal(encoding.base64(bytes), bytes.toString("base64"));
    assert.deepEqual(Buffer.from(encoding.fromBase64(bytes.toString("base64"))), bytes);
    assert.deepEqual(Buffer.from(encoding.fromHex(encoding.hex(bytes))), bytes);
  }
  assert.deepEqual(["a", "====", "YQ=", "Y Q=="].map(encoding.fromBase64), Array(4).fill(undefined));
  assert.deepEqual(["0", "0g"].map(encoding.fromHex), [undefined, undefined]);
  assert.equal(encoding.percentEncode(" +*/:ü!'()~"), "%20%2B%2A%2F%3A%C3%BC%21%27%28%29~");
  assert.equal(encoding.canonicalQuery([["b", "1"], ["a", "x y"], ["B", "2"], ["a", "\u{10000}"], ["a", "\uffff"]]),
    "B=2&a=x%20y&a=%EF%BF%BF&a=%F0%90%80%80&b=1");
  assert.deepEqual(encoding.fromForm("?a=1&b=+"), [["?a", "1"], ["b", " "]]);
  const moment = encoding.moment({ issuedAt: 1768478400123 });
  assert.deepEqual(Object.values(moment), [1768478400, "2026-01-15", "20260115", "2026-01-15T12:00:00Z", "20260115T120000Z",
    "Thu, 15 Jan 2026 12:00:00 GMT"]);
});

// Each tells what it did, in order; with Node's promises and with ours it is the same order.
const STORIES = {
  order: async (P, say) => {
    new P((yes) => (say("made"), yes(1))).then((v) => say(`one ${v}`)).then(() => say("three"));
    P.resolve(2).then((v) => say(`two ${v}`)).finally(() => say("four"));
    say("first");
  },
  thenable: (P, say) => P.resolve({ then: (yes) => yes(P.resolve("deep")) }).then(say),
  thrown: (P, say) => P.reject(new Error("no")).then(() => say("never")).catch((error) => say(error.message)),
  getter: (P, say) => new P((yes) => yes(Object.defineProperty({}, "then", { get() { throw new Error("trap"); } }))).catch((e) => say(e.message)),
  twice: (P, say) => new P((yes, no) => { yes(1); no(2); yes(3); throw new Error("late"); }).then(say, say),
  all: (P, say) => P.all([1, P.resolve(2), { then: (yes) => yes(3) }]).then((values) => say(values.join())),
  none: (P, say) => P.all([]).then((values) => say(values.length)),
  failed: (P, say) => P.all([P.reject("x"), 1]).then(() => say("never"), say),
  settled: (P, say) => P.allSettled([1, P.reject("x")]).then((all) => say(JSON.stringify(all))),
  any: (P, say) => P.any([P.reject("x"), 7]).then(say),
  anyNone: (P, say) => P.any([P.reject("x"), P.reject("y")]).catch((error) => say(error.errors.join())),
  race: (P, say) => P.race([new P(() => {}), P.resolve("won")]).then(say),
  finally: (P, say) => P.resolve("kept").finally(() => "dropped").then(say),
  finallyThrows: (P, say) => P.resolve(1).finally(() => { throw "replaced"; }).catch(say),
  itself: (P, say) => { const p = P.withResolvers(); p.resolve(p.promise); return p.promise.catch((e) => say(e.constructor.name)); },
};

for (const [name, story] of Object.entries(STORIES)) {
  test(`a promise of ours does what Node's does: ${name}`, async () => {
    const [ours, nodes] = [[], []];
    const Nodes = class extends Promise {};
    Nodes.withResolvers = () => { let resolve, reject; const promise = new Nodes((y, n) => ([resolve, reject] = [y, n])); return { promise, resolve, reject }; };
    story(Ours, (word) => ours.push(word));
    settled(Ours.resolve(), name);
    await story(Nodes, (word) => nodes.push(word));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(ours, nodes);
    assert.notEqual(ours.length, 0);
  });
}

test("what is settled is a value, what is thrown is thrown, and what never comes is said", () => {
  assert.equal(settled(5, "send()"), 5);
  assert.equal(settled(Ours.resolve(1).then((v) => v + 1), "send()"), 2);
  assert.throws(() => settled(Ours.reject(new TypeError("no")), "send()"), TypeError);
  assert.throws(() => settled(new Ours(() => {}), "send()"), /send\(\) waits for a promise/);
  assert.throws(() => settled((async () => 1)(), "send()"), /sdk\/build\.mjs/, "the engine's own can't be run");
  let ran = false;
  later(() => (ran = true));
  settled(Ours.resolve(), "send()");
  assert.ok(ran);
});

test("random numbers follow from the nonce, and from nothing else", () => {
  const numbers = (nonce) => (seed(nonce), Array.from({ length: 1000 }, random));
  const [one, again, other] = ["0".repeat(31) + "1", "0".repeat(31) + "1", "0".repeat(31) + "2"].map(numbers);
  assert.deepEqual(one, again);
  assert.equal(one.filter((number) => other.includes(number)).length, 0);
  assert.ok(one.every((number) => number >= 0 && number < 1));
  const mean = one.reduce((sum, number) => sum + number) / one.length;
  assert.ok(mean > 0.45 && mean < 0.55, `${mean}`);
});

test("a shape says what does not fit, and never what it is", () => {
  const shape = { id: "string", parts: "integer?", error: { code: "string" } };
  assert.equal(misfit({ id: "1", parts: null, error: { code: "x" }, more: 1 }, shape), undefined);
  assert.equal(misfit({ id: 1, error: { code: "x" } }, shape), "`id` is not of type string");
  assert.equal(misfit({ id: "secret", parts: 1.5, error: { code: "x" } }, shape), "`parts` is not of type integer");
  assert.equal(misfit({ id: "1" }, shape), "`error` is no object");
  assert.equal(misfit({ id: "1", error: {} }, shape), "`error.code` is not there");
  assert.equal(misfit([], shape), "it is no object");
  assert.equal(misfit({}, { constructor: "any" }), "`constructor` is not there");
  assert.throws(() => misfit({}, { id: "text" }), /there are: string/);
});

test("a failure says what is known, and refuses words that the contract has not", () => {
  const told = failure("rate-limited", "slow").code(429).retryAfter(30);
  assert.ok(told instanceof Failure);
  assert.deepEqual([told.kind, told.certainty, told.providerCode, told.retryAfterSeconds], ["rate-limited", "not-sent", "429", 30]);
  assert.equal(told.maybeSent().certainty, "unknown");
  assert.equal(told.retryAfter(1.5).retryAfterSeconds, null);
  assert.throws(() => failure("ratelimited", "x"), /there are: invalid-config/);
  assert.throws(() => told.certain("maybe"), TypeError);
  assert.equal(KINDS.length, new Set(KINDS).size);
});

test("a table has its own codes only, and a status means what it does in Rust", () => {
  assert.equal(kindOf({ 21211: "invalid-recipient" }, 21211), "invalid-recipient");
  assert.equal(kindOf({}, "constructor"), undefined);
  const told = [200, 302, 400, 401, 402, 403, 404, 408, 429, 500, 502, 503, 599, 600].map((status) => {
    const { kind, certainty } = kindOfStatus(status);
    return `${status} ${kind} ${certainty}`;
  });
  assert.deepEqual(told, [
    "200 invalid-response unknown", "302 invalid-response unknown", "400 invalid-config not-sent",
    "401 authentication-failed not-sent", "402 insufficient-funds not-sent", "403 authentication-failed not-sent",
    "404 invalid-config not-sent", "408 timeout unknown", "429 rate-limited not-sent", "500 provider-unavailable unknown",
    "502 provider-unavailable unknown", "503 provider-unavailable not-sent", "599 provider-unavailable unknown",
    "600 invalid-response unknown",
  ]);
});
