// Secrets that are never here. The package gets a placeholder for each, builds its request with them, and what it built
// is undone before it leaves: a place that holds a placeholder, as the manifest declares it, is left empty and its
// credential named. A placeholder anywhere else stops the call.

import credentials from 'countersign:connector/credentials@1.0.0';
import { call, refuse } from './call.js';
import { decodeUtf8, encodeUtf8, fromBase64, toBase64 } from './shims/bytes.js';
import { decodeForm } from './shims/url.js';

// Fresh for each call, so that nobody can write one into a message.
function placeholder(index) {
  return `csp${call.nonce}x${index}x`;
}

// Whether the operator set it: the host tells of a credential, without signing anything.
function isSet(name) {
  try {
    credentials.sign(name, new Uint8Array());
    return true;
  } catch (error) {
    return (error.payload?.tag ?? 'unknown-name') !== 'unknown-name';
  }
}

// The configuration as the package gets it.
export function conceal(config, plan) {
  const out = { ...config };
  plan.secrets.forEach(({ field, required, credentials: names }, index) => {
    if (!required && !names.some(isSet)) return;
    out[field] = placeholder(index);
    call.placeholders.set(out[field], field);
  });
  return out;
}

// Whether a text or bytes hold a placeholder.
export function holds(data) {
  if (call.placeholders.size === 0) return false;
  const text = typeof data === 'string' ? data : decodeUtf8(data);
  return [...call.placeholders.keys()].some((found) => text.includes(found));
}

const standsFor = (field) => [...call.placeholders].find(([, found]) => found === field)?.[0];

// A manifest's template with this call's configuration, and placeholders for its secrets; null if one is not set.
function filled(template) {
  let whole = true;
  const text = template.replace(/\{(config|secret)\.([^}]+)\}/g, (_, kind, field) => {
    const value = kind === 'secret' ? standsFor(field) : call.config[field];
    whole &&= value !== undefined && value !== null;
    return String(value ?? '');
  });
  return whole ? text : null;
}

function dated(link) {
  const day = new Date(call.now).toISOString().slice(0, 10);
  return link.replace('{date:basic}', day.replaceAll('-', '')).replace('{date:extended}', day);
}

export const match = {
  // The credential by which the host makes this signature.
  signature(plan, key, algorithm, encoding) {
    const links = (own) => own.map((link) => filled(dated(link)));
    const found = plan.credentials.find((own) => own.kind === 'hmac' && own.secret === key.field
      && own.digest === algorithm && own.encoding === encoding && own.prefix === key.prefix && own.suffix === key.suffix
      && own.chain.length === key.chain.length && links(own.chain).every((link, at) => link === key.chain[at]));
    return found?.name ?? refuse(`the package signs with \`${key.field}\` in a way that the manifest does not declare`);
  },
};

function header(request, name, expected) {
  if (expected === null) return false;
  const at = request.headers.findIndex((own) => own.name.toLowerCase() === name && own.value === expected);
  if (at >= 0) request.headers.splice(at, 1);
  return at >= 0;
}

function pair(text, name, value) {
  const parts = text.split('&');
  const at = parts.findIndex((part) => {
    const [left, ...right] = part.split('=');
    return decodeForm(left) === name && decodeForm(right.join('=')) === value;
  });
  if (at >= 0) parts.splice(at, 1);
  return at < 0 ? null : parts.join('&');
}

function member(body, pointer, value) {
  const names = pointer.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop();
  let root;
  try {
    root = JSON.parse(body);
  } catch {
    return null;
  }
  const parent = names.reduce((at, name) => at?.[name], root);
  if (parent?.[last] !== value) return null;
  delete parent[last];
  return JSON.stringify(root);
}

function segment(url, index, value) {
  const [, origin, path, rest] = /^(https?:\/\/[^/?#]+)([^?#]*)(.*)$/.exec(url) ?? [];
  const parts = (path ?? '').split('/');
  if (parts[index + 1] !== value) return null;
  parts[index + 1] = '';
  return origin + parts.join('/') + rest;
}

// Take one credential out of the request; whether it was there.
function lift(request, own) {
  const secret = own.secret === undefined ? undefined : standsFor(own.secret);
  const prefixed = secret === undefined ? null : (own.prefix ?? '') + secret;
  const put = (field, value) => {
    if (value === null) return false;
    request[field] = value;
    return true;
  };
  switch (own.kind) {
    case 'basic': {
      const sides = [filled(own.user), filled(own.password)];
      const expected = sides.includes(null) ? null : `Basic ${toBase64(encodeUtf8(sides.join(':')))}`;
      return header(request, 'authorization', expected);
    }
    case 'bearer': return header(request, 'authorization', secret === undefined ? null : `Bearer ${secret}`);
    case 'header': return header(request, own.header.toLowerCase(), prefixed);
    case 'form': return secret !== undefined && put('body', pair(request.body, own.field, secret));
    case 'json': return secret !== undefined && put('body', member(request.body, own.pointer, secret));
    case 'path': return prefixed !== null && put('url', segment(request.url, own.segment, prefixed));
    case 'query': {
      const [path, query] = request.url.split('?');
      const left = secret === undefined || query === undefined ? null : pair(query, own.field, secret);
      return put('url', left === null ? null : left === '' ? path : `${path}?${left}`);
    }
    // Of those that sign, the marker stands where the package wrote the signature.
    default: return false;
  }
}

// A text in base64 has one of three shapes, by where it begins; the first and last sign may be another's in part.
function inBase64(text) {
  return ['', 'x', 'xx'].map((before) => toBase64(encodeUtf8(before + text)).replaceAll('=', '').slice(before.length === 0 ? 0 : 4, -2));
}

// What leaves, and the names of the credentials in it.
export function withoutSecrets(request, plan, markers) {
  const names = plan.credentials.filter((own) => lift(request, own)).map((own) => own.name);
  const everything = [request.url, request.body, ...request.headers.flatMap((own) => [own.name, own.value])];
  for (const [text, field] of call.placeholders) {
    const basic = (part) => /^basic /i.test(part) && decodeUtf8(fromBase64(part.slice(6))).includes(text);
    if (everything.some((part) => part.includes(text) || basic(part) || inBase64(text).some((own) => part.includes(own)))) {
      refuse(`the package puts the secret \`${field}\` where the manifest declares no credential: ${request.method} ${request.url.split('?')[0].replaceAll(text, '…')}`);
    }
  }
  return [...names, ...markers.filter(([marker]) => everything.some((part) => part.includes(marker))).map(([, name]) => name)];
}
