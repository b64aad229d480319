// What Textmagic's own SDK for Node sends, for the transcripts of the same names.
import { recorder } from "../../../scripts/recorder/recorder.mjs";
import Textmagic from "textmagic-client";

const HOST = "https://rest.textmagic.com";
const taker = await recorder("textmagic-client 3.0.50062 (npm)");
const client = Textmagic.ApiClient.instance;
client.basePath = taker.url;
Object.assign(client.authentications.BasicAuth, { username: "acme", password: "fake-key-0000000000000000" });
const api = new Textmagic.TextMagicApi();

// Defaults that the SDK writes out.
const differs = Object.fromEntries(
  ["cutExtra", "createChat", "tts", "local"].map((name) => [`/json/${name}`, "the API's own default, which needs no word"]),
);

async function send(name, text, from) {
  const message = { text, phones: "447860021130", referenceId: "msg_transcript", ...(from ? { from } : {}) };
  taker.reply(201, { id: 49575710, href: "/api/v2/messages/49575710", type: "message", messageId: 49575710 });
  await api.sendMessage(Object.assign(new Textmagic.SendMessageRequest(text), message));
  taker.save(`${name}.json`, { host: HOST, differs });
}

await send("sent", "Your code is 123456.", "ACME");
await send("sent-number", "Your code is 123456.", "+447520000001");
await send("sent-default", "Your code is 123456.");
await send("special-characters", "A+B & C=D 100%\nYour code is 123456.", "ACME");
await send("unicode", "您的验证码是 123456 ✓", "ACME");

taker.reply(200, { id: 305, username: "acme", balance: 208.64, currency: { id: "GBP", htmlSymbol: "&pound;" } });
await api.getCurrentUser();
taker.save("account.json", { host: HOST });
taker.end();
