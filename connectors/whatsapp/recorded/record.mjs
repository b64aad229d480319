// What Meta's own SDK for Node sends, for the transcripts of the same names.
import https from "node:https";
import { recorder } from "../../../scripts/recorder/recorder.mjs";

process.env.NODE_ENV = "production";
process.env.CLOUD_API_ACCESS_TOKEN = "fake-access-token-0000000000000000";
process.env.CLOUD_API_VERSION = "v26.0";
const { default: WhatsApp } = await import("whatsapp");

const taker = await recorder("whatsapp 0.0.5-Alpha (npm)");
taker.throughHttps();
// The SDK writes as soon as its connection is encrypted, which the one to the recorder never is.
const plain = https.request;
https.request = (...given) => {
  const request = plain(...given);
  request.once("socket", (socket) => socket.once("connect", () => socket.emit("secureConnect")));
  return request;
};
taker.reply(200, { messaging_product: "whatsapp", messages: [{ id: "wamid.1" }] });

async function send(name, language) {
  const parameters = [{ type: "text", text: "123456" }];
  const components = [
    { type: "body", parameters },
    { type: "button", sub_type: "url", index: "0", parameters },
  ];
  await new WhatsApp(106540352242922).messages.template({ name: "sign_in_code", language: { code: language }, components }, "+14155550123");
  taker.save(name, { differs: { "/json/biz_opaque_callback_data": "the SDK is older than this field, which brings our reference back" } });
}

await send("sent.json", "en_US");
await send("sent-template-locale.json", "pt_BR");
taker.end();
// The SDK keeps its connection.
process.exit(0);
