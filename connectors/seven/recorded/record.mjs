// What seven's own SDK for Node sends, for the transcripts of the same names. Clock and nonce are the transcripts'.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BalanceResource, Client, SmsResource, WebhookVerifier } from "@seven.io/client";
import { recorder } from "../../../scripts/recorder/recorder.mjs";

const taker = await recorder("@seven.io/client 5.6.0 (npm)");
taker.throughFetch();
taker.reply(200, { success: "100", messages: [{ id: "1", success: true }] });
Date.now = () => 1768478400_000;
// The SDK writes each random number's first digit in base 36: 31 times 0, then 1.
let drawn = 0;
Math.random = () => ((drawn += 1) % 32 ? 0.001 : 0.03);

const differs = { "/headers/sentwith": "names the SDK" };
const signingSecret = "fake-signing-secret-0000";
const apiKey = "fake-key-00000000000000";
const plain = new Client({ apiKey });
const signing = new Client({ apiKey, signingSecret });
const message = { text: "Your code is 123456.", from: "ACME", foreign_id: "msg_transcript", ttl: 10, to: ["+4915123456789"] };

await new SmsResource(plain).dispatch(message);
taker.save("sent.json", { differs });

const { text, from, foreign_id, ...rest } = message;
await new SmsResource(plain).dispatch({ text, from, foreign_id, label: "otp", ...rest });
taker.save("sent-label.json", { differs });

await new SmsResource(signing).dispatch(message);
taker.save("sent-signed.json", { differs });

await new SmsResource(signing).dispatch({ ...message, text: 'Ваш код "123456" & 50% + 😀\n/\\' });
taker.save("sent-signed-unicode.json", { differs });

await new SmsResource(plain).dispatch({ ...message, text: "Ваш код 123456 ✓" });
taker.save("unicode.json", { differs });

await new SmsResource(plain).dispatch({ ...message, from: "4917612345678" });
taker.save("sent-number.json", { differs });

await new SmsResource(plain).dispatch({ text, foreign_id, ...rest });
taker.save("sent-without-sender.json", { differs });

taker.reply(200, { amount: 593.994, currency: "EUR" });
await new BalanceResource(plain).get();
taker.save("account.json", { differs });

await new BalanceResource(signing).get();
taker.save("account-signed.json", { differs });
taker.end();

// Its verifier says of the transcripts' callbacks what the connector says.
const transcripts = join(process.argv[2], "../../../../connectors/seven/transcripts");
for (const [name, valid] of [["report-signed", true], ["report-forged", false]]) {
  const { url, headers, text } = JSON.parse(readFileSync(join(transcripts, `${name}.json`))).callback;
  const told = await new WebhookVerifier({ signingSecret }).verify({ headers, body: text, url, method: "POST" });
  if (told.valid !== valid) throw new Error(`${name}: ${told.error}`);
}
