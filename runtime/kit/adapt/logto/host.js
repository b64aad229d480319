// The host while a package is described: nothing leaves, everything is written down.

import { call } from './call.js';
import { decodeUtf8 } from './shims/bytes.js';

const http = {
  send(request) {
    call.requests.push({ ...request, body: decodeUtf8(request.body) });
    return { status: 200, headers: [], body: new Uint8Array([0x7b, 0x7d]) };
  },
};
const credentials = {
  sign() {
    throw Object.assign(new Error('not here'), { payload: { tag: 'unknown-name' } });
  },
};
const log = { write() {} };

export default { ...http, ...credentials, ...log };
