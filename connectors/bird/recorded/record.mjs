// What Bird's own SDK for TypeScript sends, for the transcripts of the same names.
import { BirdClient } from "@messagebird/sdk";
import { recorder } from "../../../scripts/recorder/recorder.mjs";

const taker = await recorder("@messagebird/sdk 0.63.0 (npm)", ["authorization", "content-type", "idempotency-key"]);
taker.throughFetch();
const client = (key) => new BirdClient({ apiKey: key, maxRetries: 0 });
const bird = client("bk_eu1_fake-key-0000000");
const message = {
  to: "+14155550123",
  from: "Example",
  text: "Your code is 123456.",
  category: "authentication",
  metadata: { reference: "msg_transcript" },
};

async function sent(name, more = {}, by = bird) {
  await by.sms.send({ ...message, ...more }, { idempotencyKey: "msg_transcript" });
  taker.save(`${name}.json`);
}

taker.reply(202, { id: "sms_01krdgeqcxet5s7t44vh8rt9mg", status: "accepted" });
await sent("sent");
await sent("sent-number", { from: "+14155550100" });
await sent("unicode", { text: "您的验证码是 123456" });
await sent("special-characters", { text: 'Code: 123456 + more & 100% = "ok"?\nÄ € #1' });
await sent("region", {}, client("bk_us1_fake-key-0000000"));

taker.reply(200, { id: "ws_01krdgeqcxet5s7t44vh8rt9mg", name: "Example" });
await bird.workspace.get();
taker.save("account.json");
taker.end();
