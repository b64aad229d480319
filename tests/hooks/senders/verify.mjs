// What the published package says of calls, at the time of their receiver: `ok`, or why it takes one for forged.
const { Webhook } = await import(new URL('../../../target/senders/node_modules/standardwebhooks/dist/index.js', import.meta.url))
  .then((module) => module.default ?? module);
let text = '';
for await (const part of process.stdin) text += part;
const { now, secret, calls } = JSON.parse(text);
Date.now = () => now * 1000;
const judged = ({ body, headers }) => {
  try {
    new Webhook(secret).verify(body, headers);
    return 'ok';
  } catch (error) {
    return error.message;
  }
};
console.log(JSON.stringify(calls.map(judged)));
