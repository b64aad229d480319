// Logto's own connector, as Logto drives it: one message, and what became of it.
const { default: create } = await import(
  new URL('../../../target/senders/node_modules/@logto/connector-http-sms/lib/index.js', import.meta.url)
);
let given = '';
for await (const part of process.stdin) given += part;
const { config, message } = JSON.parse(given);
const connector = await create({ getConfig: async () => config });
try {
  const response = await connector.sendMessage(message);
  console.log(JSON.stringify({ status: response.statusCode, body: response.body }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, shown: error.data }));
}
