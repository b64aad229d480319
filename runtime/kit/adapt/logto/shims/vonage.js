// Vonage's SDK, as far as sending an SMS needs it: the request that the real one puts on the wire, and the provider's
// own words where the real one says that messages failed.

import { got, HTTPError } from './got.js';
import { Buffer } from './bytes.js';

export class Auth {
  constructor(given) {
    Object.assign(this, given);
  }
}

export class Vonage {
  constructor(auth) {
    const basic = Buffer.from(`${auth.apiKey}:${auth.apiSecret}`).toString('base64');
    const headers = { accept: '*/*', authorization: `Basic ${basic}`, 'user-agent': '@vonage/server-sdk/3.0.0' };
    this.sms = {
      send: (message) => got.post('https://rest.nexmo.com/sms/json', { json: message, headers }).then(({ body }) => {
        const told = JSON.parse(body);
        const failed = (told.messages ?? []).find((part) => part.status !== '0');
        if (failed) throw new Error(failed['error-text'] ?? `status ${failed.status}`);
        return { ...told, messageCount: told['message-count'] };
      }),
    };
  }
}

export { HTTPError };
