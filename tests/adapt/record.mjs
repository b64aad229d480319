// What Logto's own packages put on the wire: each unmodified, under Node, with its real HTTP client, against a socket of
// this process. Reads {package, transcripts} from standard input, prints the requests of each transcript.
//
// Only three things are not as in Logto: the provider's address, the clock, and the nonce.

import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
const TYPES = {
  'sign-in': 'SignIn', register: 'Register', 'forgot-password': 'ForgotPassword', 'organization-invitation': 'OrganizationInvitation',
  'permission-validation': 'UserPermissionValidation', 'link-account': 'BindNewIdentifier', 'mfa-verification': 'MfaVerification',
  'mfa-setup': 'BindMfa',
};

let now = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now);
    else super(...given);
  }

  static now() {
    return now;
  }
};

let nonce = '';
crypto.randomUUID = () => {
  const bytes = Buffer.from(nonce, 'hex');
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
syncBuiltinESMExports();

let seen = [];
let reply = {};
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { host, ...headers } = request.headers;
    seen.push({ method: request.method, url: `https://${host}${request.url}`, headers, body: Buffer.concat(chunks).toString() });
    response.statusCode = reply.status ?? 200;
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
    if (reply.json !== undefined) response.setHeader('content-type', 'application/json');
    response.end(reply.json === undefined ? reply.text ?? '' : JSON.stringify(reply.json));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

const plain = http.request;
https.request = (first, second, third) => {
  const isAddress = typeof first === 'string' || first instanceof URL;
  const options = isAddress ? second : first;
  const target = isAddress ? new URL(first) : new URL(`https://${options.hostname ?? options.host}${options.path}`);
  const { agent, createConnection, ...kept } = options;
  const there = { protocol: 'http:', hostname: '127.0.0.1', host: '127.0.0.1', port, path: target.pathname + target.search };
  const headers = Object.fromEntries(Object.entries(options.headers ?? {}).filter(([name]) => name.toLowerCase() !== 'host'));
  return plain({ ...kept, ...there, headers: { ...headers, host: target.host } }, isAddress ? third : second);
};

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { package: name, transcripts } = JSON.parse(Buffer.concat(chunks).toString());
const entry = createRequire(path.join(path.resolve(modules), 'package.json')).resolve.paths(name)
  .map((folder) => path.join(folder, name, 'lib/index.js'));
const { default: factory } = await import(pathToFileURL(entry[0]));

const out = [];
for (const { config, call, message, exchanges } of transcripts) {
  seen = [];
  reply = exchanges[0].reply ?? {};
  now = RealDate.parse(call?.issued_at ?? '2026-01-15T12:00:00Z');
  nonce = call?.nonce ?? '00000000000000000000000000000001';
  const { sendMessage } = await factory({ getConfig: async () => config });
  const values = Object.fromEntries((message.parameters ?? []).map(({ name: parameter, value }) => [parameter, value]));
  const data = {
    to: message.to.slice(1),
    type: TYPES[message.purpose ?? 'sign-in'] ?? 'Generic',
    payload: { code: values.code, locale: message.locale ?? 'en' },
    ...(message.client_ip && { ip: message.client_ip }),
  };
  await sendMessage(data).catch(() => {});
  out.push(seen);
}
process.stdout.write(JSON.stringify(out));
process.exit(0);
