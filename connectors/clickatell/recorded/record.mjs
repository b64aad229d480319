// What Clickatell's own SDK for Node sends to the REST API, for the transcripts of the same names. It knows no other.
import { recorder } from "../../../scripts/recorder/recorder.mjs";
import clickatell from "clickatell-platform";

const taker = await recorder("clickatell-platform 2.0.11 (npm)");
taker.throughHttps();
// The SDK prints every answer, and has no word for the time when it came.
console.log = () => {};
const came = async () => {
  while (!taker.taken.length) await new Promise((ready) => setTimeout(ready, 10));
};

const differs = {
  "/json/clientMessageId": "the SDK has no reference, which the API takes",
  "/json/validityPeriod": "the SDK has no validity, which the API takes",
  "/json/charset": "the SDK says no charset, which the API takes",
};

async function send(name, text) {
  taker.reply(202, { messages: [{ apiMessageId: "77fb29998253415fa5d66971d519d362", accepted: true, to: "27999900001" }] });
  clickatell.sendMessageRest(text, ["27999900001"], "FAKEkey000000000000000==");
  await came();
  taker.save(`${name}.json`, { differs });
}

await send("rest-sent", "Your code is 123456.");
await send("rest-special-characters", "A+B & C=D 100%\nYour code is 123456.");
await send("rest-unicode", "您的验证码是 123456 ✓");
taker.end();
