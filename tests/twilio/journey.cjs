// Twilio's Node SDK against this service: the base URL is the only difference. Fails by an assertion.
"use strict";

const assert = require("node:assert/strict");
const twilio = require("twilio");

const [url, accountSid, authToken, serviceSid, adminKey] = process.argv.slice(2);

function pointed(client) {
  client.verify.baseUrl = url;
  client.api.baseUrl = url;
  return client;
}

const client = pointed(twilio(accountSid, authToken));
const verify = client.verify.v2.services(serviceSid);
const [number, other] = ["+14155550123", "+14155550124"];

async function inbox() {
  const answer = await fetch(`${url}/v1/environments/development/inbox`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  return (await answer.json()).items;
}

const code = async () => (await inbox())[0].text.match(/\d{6}/)[0];
const wrong = (right) => (right === "000000" ? "000001" : "000000");

async function fails(status, code, call) {
  await assert.rejects(call, (error) => {
    assert.deepEqual([error.status, error.code], [status, code], error.message);
    assert.equal(error.moreInfo, `https://www.twilio.com/docs/errors/${code}`);
    return true;
  });
}

async function codes() {
  const made = await verify.verifications.create({ to: number, channel: "sms" });
  assert.deepEqual([made.status, made.valid, made.to], ["pending", false, number]);
  assert.ok(made.dateCreated instanceof Date && !Number.isNaN(made.dateCreated.getTime()));
  const first = await code();
  const checked = await verify.verificationChecks.create({ to: number, code: wrong(first) });
  assert.deepEqual([checked.status, checked.valid], ["pending", false]);
  const again = await verify.verifications.create({ to: number, channel: "sms" });
  assert.deepEqual([again.sid, again.sendCodeAttempts.length, await code()], [made.sid, 2, first]);
  assert.equal((await verify.verifications(number).fetch()).sid, made.sid);
  const right = await verify.verificationChecks.create({ verificationSid: made.sid, code: first });
  assert.deepEqual([right.status, right.valid], ["approved", true]);
  await fails(404, 20404, () => verify.verificationChecks.create({ to: number, code: first }));
  const ended = await verify.verifications.create({ to: other, channel: "sms" });
  assert.equal((await verify.verifications(ended.sid).update({ status: "canceled" })).status, "canceled");
  await fails(404, 20404, () => verify.verifications(ended.sid).fetch());
}

async function refusals() {
  await fails(400, 60200, () => verify.verifications.create({ to: "+1", channel: "sms" }));
  await fails(400, 60223, () => verify.verifications.create({ to: number, channel: "email" }));
  for (let n = 0; n < 3; n += 1) {
    await verify.verifications.create({ to: number, channel: "sms" });
  }
  await fails(429, 60203, () => verify.verifications.create({ to: number, channel: "sms" }));
  const last = await code();
  for (let n = 0; n < 5; n += 1) {
    await verify.verificationChecks.create({ to: number, code: wrong(last) });
  }
  await fails(429, 60202, () => verify.verificationChecks.create({ to: number, code: last }));
  const stranger = pointed(twilio(accountSid, "wrong"));
  await fails(401, 20003, () => stranger.verify.v2.services(serviceSid).fetch());
}

async function services() {
  const shop = await client.verify.v2.services.create({ friendlyName: "Shop", codeLength: 8 });
  assert.deepEqual([shop.friendlyName, shop.codeLength], ["Shop", 8]);
  const renamed = await client.verify.v2.services(shop.sid).update({ friendlyName: "Store" });
  assert.equal(renamed.friendlyName, "Store");
  const all = await client.verify.v2.services.list({ pageSize: 1 });
  assert.deepEqual(new Set(all.map((service) => service.sid)), new Set([serviceSid, shop.sid]));
}

async function messages() {
  const byKey = pointed(twilio(accountSid.replace("AC", "SK"), authToken, { accountSid }));
  const sent = [];
  for (let n = 0; n < 5; n += 1) {
    const message = await byKey.messages.create({ to: `+1415200000${n}`, from: "+15005550006", body: `text ${n}` });
    assert.deepEqual([message.status, message.numSegments, message.errorCode], ["queued", "1", null]);
    assert.ok(message.dateCreated instanceof Date && !Number.isNaN(message.dateCreated.getTime()));
    sent.push(message.sid);
  }
  while ((await client.messages(sent[0]).fetch()).status !== "sent");
  const fetched = await client.messages(sent[0]).fetch();
  assert.deepEqual([fetched.body, fetched.to, fetched.from], ["text 0", "+14152000000", "+15005550006"]);
  const listed = await client.messages.list({ pageSize: 2 });
  assert.deepEqual(listed.map((message) => message.sid), [...sent].reverse());
  assert.deepEqual((await client.messages.list({ to: "+14152000003" })).map((message) => message.sid), [sent[3]]);
  assert.equal(await client.messages(sent[0]).remove(), true);
  await fails(404, 20404, () => client.messages(sent[0]).fetch());
  await fails(400, 21211, () => client.messages.create({ to: "nobody", from: "+15005550006", body: "x" }));
  await fails(429, 14107, () => client.messages.create({ to: "+14152000004", from: "+15005550006", body: "x" }));
}

codes().then(refusals).then(services).then(messages);
