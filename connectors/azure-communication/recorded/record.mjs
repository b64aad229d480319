// What Azure's own SDK for JavaScript sends, and how it signs it, for the transcripts of the same names.
import crypto from "node:crypto";
import { recorder } from "../../../scripts/recorder/recorder.mjs";

// The transcripts' moment, and the UUID that the connector makes of `msg_transcript`. Before the SDK takes its own.
const NOON = Date.UTC(2026, 0, 15, 12);
const digest = crypto.createHash("sha256").update("msg_transcript").digest("hex");
const part = (from, to) => digest.slice(from, to);
const ID = `${part(0, 8)}-${part(8, 12)}-8${part(12, 15)}-a${part(15, 18)}-${part(18, 30)}`;
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length ? given : [NOON]));
  }
  static now() {
    return NOON;
  }
};
const { AzureKeyCredential } = await import("@azure/core-auth");
const { SmsClient } = await import("@azure/communication-sms");
const { PhoneNumbersClient } = await import("@azure/communication-phone-numbers");

const keep = ["authorization", "content-type", "x-ms-date", "x-ms-content-sha256"];
const taker = await recorder("@azure/communication-sms 1.2.0-beta.4 (npm)", keep);
taker.throughHttps();
const key = new AzureKeyCredential("ZmFrZS1hY2Nlc3Mta2V5LTAwMDAwMDAwMDAwMDAwMDA=");
const geographic = "https://contoso.unitedstates.communication.azure.com";
// The stable version of the API, which this SDK is a beta of.
const version = { apiVersion: "2026-01-23" };

async function send(name, { from = "+18005550199", message = "Your code is 123456.", wait = 600, report = true, at = geographic } = {}) {
  taker.reply(202, { value: [{ to: "+14155550123", messageId: "m-1", httpStatusCode: 202, successful: true }] });
  // The generated client under `SmsClient.send`, which passes neither an id of ours on nor a time to wait for reports.
  const { api } = new SmsClient(at, key, version);
  await api.sms.send({
    from,
    smsRecipients: [{ to: "+14155550123", repeatabilityRequestId: ID, repeatabilityFirstSent: new Date(Date.now()).toUTCString() }],
    message,
    smsSendOptions: { enableDeliveryReport: report, tag: "msg_transcript", deliveryReportTimeoutInSeconds: wait },
  });
  taker.save(name);
}

await send("sent-number.json");
await send("sent-alphanumeric.json", { from: "ACME" });
await send("sent-short-code.json", { from: "20655" });
await send("sent-without-geography.json", { at: "https://contoso.communication.azure.com" });
await send("sent-without-report.json", { report: false });
await send("unicode.json", { message: "Ihr Code lautet 123456 – gültig fünf Minuten 🔑" });
await send("special-characters.json", { message: "Code: 1+1 & 2=3? 100 %;\n„grün“ ~*'\"<>/ 🔑" });

taker.reply(200, { phoneNumbers: [] });
for await (const _ of new PhoneNumbersClient(geographic, key, { apiVersion: "2025-06-01" }).listPurchasedPhoneNumbers());
taker.save("account.json");
taker.end();
