// The connector: Logto's package inside our contract.

import './shims/globals.js';
import factory from './package.js';
import plan from './plan.json';
import { call, Refusal } from './call.js';
import { data } from './message.js';
import { failed, sent, unsent } from './outcome.js';
import { conceal } from './secrets.js';
import { settled } from './shims/promise.js';

const connector = settled(factory({ getConfig: () => call.config }));

export const sms = {
  send({ issuedAt, nonce }, config, message) {
    call.now = Number(issuedAt);
    call.nonce = nonce;
    try {
      const concealed = conceal(JSON.parse(config), plan);
      const asked = data(message, concealed, plan);
      call.config = asked.config;
      settled(connector.sendMessage(asked.data));
    } catch (error) {
      throw failed(call.refusal ?? error, plan);
    }
    if (call.refusal instanceof Refusal) throw failed(call.refusal, plan);
    if (call.last === null) throw unsent(plan);
    return sent(plan);
  },
};
