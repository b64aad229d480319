// Signatures, made by the host. What comes back is a marker: write it where the manifest says that the credential goes,
// name the credential in the request, and the host puts the real value there as the request leaves. Neither a key nor a
// signature is ever in here.

import { failure } from "./failure.js";
import * as host from "./host.js";
import { inCall } from "./state.js";
import { encode } from "./utf8.js";

const bytes = (data) => (typeof data === "string" ? encode(data) : new Uint8Array(data));

const fields = (values) =>
  Object.entries(values).map(([name, value]) => ({ name: name.toWellFormed(), value: String(value).toWellFormed() }));

function asked(what, credential, ask) {
  inCall(`signing.${what}()`);
  try {
    return ask();
  } catch (error) {
    throw error?.payload ? meaning(credential, error.payload) : error;
  }
}

/** For a credential of kind `hmac`: a marker for the signature over `data`. */
export const sign = (credential, data) =>
  asked("sign", credential, () => host.credentials.sign(String(credential), bytes(data)));

/** For a credential of kind `digest`: a marker for the hash over the manifest's template, filled with these values. */
export const digest = (credential, values) =>
  asked("digest", credential, () => host.credentials.digest(String(credential), fields(values)));

/** For a credential of kind `jwt`: a marker for a token with these claims. The host adds iat, nbf, exp and jti. */
export const token = (credential, claims) =>
  asked("token", credential, () => host.credentials.token(String(credential), fields(claims)));

/** For a credential of kind `verify`, in `handle`: is this the provider's signature over `data`? Raw bytes. */
export const verify = (credential, data, signature) =>
  asked("verify", credential, () => host.credentials.verify(String(credential), bytes(data), bytes(signature)));

/** Whether the operator set what a credential needs, of whichever kind: for one that the connector can do without. */
export function isSet(credential) {
  inCall("signing.isSet()");
  try {
    host.credentials.sign(String(credential), new Uint8Array());
    return true;
  } catch (error) {
    if (!error?.payload) throw error;
    // A kind that does not sign refuses too, but in other words.
    return error.payload.tag !== "unknown-name";
  }
}

/** The call's nonce in the shape of a UUID, for providers that insist on it. */
export const nonceAsUuid = (call) => call.nonce.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Each of these is a fault of manifest, configuration or connector; nothing was asked of the provider. */
function meaning(credential, { tag, val }) {
  const why = {
    "unknown-name": `there is no credential \`${credential}\` with this configuration`,
    "wrong-kind": `the credential \`${credential}\` is of kind \`${val}\``,
    "not-here": `the credential \`${credential}\` can't be used in this export`,
  };
  return failure("invalid-config", why[tag] ?? `the credential \`${credential}\` can't be used: ${val}`);
}
