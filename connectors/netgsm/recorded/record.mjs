// What Netgsm's own SDK for Node sends, for the transcripts of the same names.
import { createRequire } from "node:module";
import { recorder } from "../../../scripts/recorder/recorder.mjs";

const { Netgsm, BalanceType } = createRequire(import.meta.url)("@netgsm/sms");
const taker = await recorder("@netgsm/sms 1.1.11 (npm)");
taker.throughFetch();
taker.reply(200, { code: "00", jobid: "17377215342605050417149344", description: "queued" });
const client = new Netgsm({ username: "8501234567", password: "fake-password-0000" });
const one = { msgheader: "ACME", msg: "Your code is 123456.", no: "5321234567" };

await client.sendOtpSms(one);
taker.save("sent-otp.json");

const { msgheader, ...message } = one;
await client.sendRestSms({ msgheader, iysfilter: "0", messages: [message] });
taker.save("sent-sms.json");

await client.sendRestSms({ msgheader, iysfilter: "0", encoding: "TR", messages: [{ ...message, msg: "Doğrulama kodunuz 123456." }] });
taker.save("sent-turkish.json");

await client.sendRestSms({ msgheader, iysfilter: "11", messages: [message] });
taker.save("sent-iys.json");

await client.sendOtpSms({ ...one, msgheader: "8501234567" });
taker.save("sent-number.json");

taker.reply(200, { balance: "123,45" });
await client.checkBalance({ stip: BalanceType.CREDIT });
taker.save("account.json");
taker.end();
