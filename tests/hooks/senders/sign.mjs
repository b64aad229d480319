// Signatures of a body by the published package, one for each secret.
const { Webhook } = await import(new URL('../../../target/senders/node_modules/standardwebhooks/dist/index.js', import.meta.url))
  .then((module) => module.default ?? module);
let given = '';
for await (const part of process.stdin) given += part;
const { id, timestamp, body, secrets } = JSON.parse(given);
const at = new Date(timestamp * 1000);
const bare = (secret) => secret.replace(/^v1,/, '');
console.log(JSON.stringify(secrets.map((secret) => new Webhook(bare(secret)).sign(id, at, body))));
