// Sign in with a code: the usual program for Twilio Verify. `node sign_in.cjs +14155550123`
"use strict";

const readline = require("node:readline/promises");
const twilio = require("twilio");

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_BASE_URL, TWILIO_VERIFY_SERVICE } = process.env;
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);
client.verify.baseUrl = TWILIO_BASE_URL;

async function signIn(to) {
  const service = client.verify.v2.services(TWILIO_VERIFY_SERVICE);
  await service.verifications.create({ to, channel: "sms" });
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  const checked = async () => service.verificationChecks.create({ to, code: await terminal.question("code: ") });
  while ((await checked()).status !== "approved") console.log("that is not it");
  terminal.close();
  console.log("signed in");
}

signIn(process.argv[2]).catch((error) => {
  console.error(`${error.code}: ${error.message}`);
  process.exit(1);
});
