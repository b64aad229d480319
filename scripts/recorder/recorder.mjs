// Takes down the requests that a provider's own SDK makes, for `connectors/<name>/recorded/record.mjs`: what recorder.py
// does, in Node.
//
//   import { recorder } from "../../../scripts/recorder/recorder.mjs";
//   const taker = await recorder("acme 1.2.3 (npm)");
//   taker.reply(201, { id: "m-1" });
//   await new Client({ baseUrl: taker.url, token: "fake-token-0000000" }).send(…);
//   taker.save("sent.json", { host: "https://api.acme.example" });
//   taker.end();
//
// An SDK whose host can't be changed: `taker.throughHttps()` (node:https) or `taker.throughFetch()`.
import http from "node:http";
import https from "node:https";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

// What the host owns, and what says nothing of the message.
const NOT_KEPT = new Set([
  "host", "connection", "content-length", "accept", "accept-encoding", "accept-charset", "accept-language", "user-agent",
  "transfer-encoding", "expect", "keep-alive", "sec-fetch-mode", "x-recorded-origin",
]);

export async function recorder(by, keep) {
  const taken = [];
  let answer = { status: 200, headers: {}, body: "{}" };
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const origin = request.headers["x-recorded-origin"] ?? url;
      taken.push({ method: request.method, url: origin + request.url, headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
      response.end(answer.body);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    taken,
    // What the SDK is answered from now on: JSON, or a text as it is.
    reply(status, body = {}, headers = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      answer = { status, headers: { "content-type": "application/json", ...headers }, body: text };
    },
    throughHttps() {
      https.request = (first, second, third) => {
        const [options, done] =
          typeof first === "string" || first instanceof URL
            ? [{ ...urlOptions(new URL(first)), ...(typeof second === "object" ? second : {}) }, typeof second === "function" ? second : third]
            : [first, second];
        const host = options.hostname ?? options.host;
        const headers = { ...options.headers, "x-recorded-origin": `https://${host}` };
        return http.request({ method: options.method, path: options.path, headers, host: "127.0.0.1", port }, done);
      };
      https.get = (...given) => {
        const request = https.request(...given);
        request.end();
        return request;
      };
    },
    throughFetch() {
      const real = globalThis.fetch;
      globalThis.fetch = async (input, init = {}) => {
        const request = new Request(input, init);
        const at = new URL(request.url);
        const headers = new Headers(request.headers);
        headers.set("x-recorded-origin", at.origin);
        const body = ["GET", "HEAD"].includes(request.method) ? undefined : await request.arrayBuffer();
        return real(url + at.pathname + at.search, { method: request.method, headers, body });
      };
    },
    // host: the origin that stands for ours. differs: JSON pointers into the request, each with the reason why the
    // connector does otherwise than the SDK.
    save(name, { host, differs } = {}) {
      const last = taken.pop();
      const at = host && last.url.startsWith(url) ? host + last.url.slice(url.length) : last.url;
      if (!last.body.length) delete last.headers["content-type"];
      const wanted = keep && new Set(keep.map((one) => one.toLowerCase()));
      const kept = Object.entries(last.headers).filter(([one]) => (wanted ? wanted.has(one) : !NOT_KEPT.has(one))).sort();
      const request = { method: last.method, url: at, headers: Object.fromEntries(kept), ...written(last) };
      const told = { by, request, ...(differs ? { differs } : {}) };
      writeFileSync(join(process.argv[2], name), JSON.stringify(told, null, 2) + "\n");
    },
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function urlOptions(url) {
  return { hostname: url.hostname, path: url.pathname + url.search };
}

// A body as transcripts write it.
function written({ headers, body }) {
  const kind = headers["content-type"] ?? "";
  const text = body.toString();
  if (!body.length) return {};
  if (kind.includes("x-www-form-urlencoded")) {
    const pairs = [...new URLSearchParams(text)];
    const table = Object.fromEntries(pairs);
    return Object.keys(table).length === pairs.length ? { form: table } : { text };
  }
  if (kind.includes("json")) return { json: JSON.parse(text) };
  return { text };
}
