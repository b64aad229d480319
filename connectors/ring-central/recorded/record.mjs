// What RingCentral's own SDK for JavaScript sends, for the transcripts of the same names.
import ringcentral from "@ringcentral/sdk";
import { recorder } from "../../../scripts/recorder/recorder.mjs";

const taker = await recorder("@ringcentral/sdk 5.0.11 (npm)", ["authorization", "content-type"]);
const host = "https://platform.ringcentral.com";
const sdk = new ringcentral.SDK({ server: taker.url, clientId: "fake-client-id", clientSecret: "fake-client-secret" });
const platform = sdk.platform();
const account = "/restapi/v1.0/account/~";

// RingCentral says "bearer", and the SDK writes what it says; a scheme has no case.
taker.reply(200, { access_token: "fake-access-token-0000000", token_type: "Bearer", expires_in: 3600 });
await platform.login({ jwt: "fake.jwt.credential-0000000000000000" });
taker.save("login-refused.json", { host });

async function send(name, from = "+16505550100", text = "Your code is 123456.") {
  taker.reply(200, { id: 1 });
  await platform.post(`${account}/extension/~/sms`, { from: { phoneNumber: from }, to: [{ phoneNumber: "+14155550123" }], text });
  taker.save(name, { host });
}

await send("sent.json");
await send("sent-country-sender.json", "+16505550101");
await send("unicode.json", "+16505550100", "Ihr Code lautet 123456 – gültig fünf Minuten 🔑");

await platform.post(`${account}/a2p-sms/batches`, { from: "+16505550100", text: "Your code is 123456.", messages: [{ to: ["+14155550123"] }] });
taker.save("sent-high-volume.json", { host });

const text = "Code: 1+1 & 2=3? 100 %;\n„grün“ ~*'\"<>/ 🔑";
await platform.post(`${account}/a2p-sms/batches`, { from: "+16505550100", text, messages: [{ to: ["+14155550123"] }] });
taker.save("special-characters.json", { host });

await platform.get(`${account}/extension/~`);
taker.save("account.json", { host });
taker.end();
// The SDK would renew its token.
process.exit(0);
