// What a package says of itself and does: its form, and the requests that it makes of a configuration in which every
// text is one of a kind, so that whatever comes of it can be found again.

import './shims/globals.js';
import factory from './package.js';
import { call } from './call.js';
import { settled } from './shims/promise.js';

// Noon of a day; its nonce is the one that transcripts have unless they say another.
const NOW = 1768478400000;
const NONCE = '00000000000000000000000000000001';
const CODE = '123456';
// One abroad for providers at home, one at home: some serve only one of them.
const NUMBERS = ['14155550123', '8613800138000'];

const slug = (key) => key.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/[^A-Za-z0-9]+/g, '-').toLowerCase();
const isAddress = (item) => [item.defaultValue, item.placeholder].some((text) => /^<?https?:/.test(String(text ?? '')));

// Angle brackets are what an author leaves for others to fill.
function filled(value, key) {
  if (typeof value === 'string') return /^<.*>$/.test(value) ? `fake-${slug(value.slice(1, -1))}` : value;
  if (Array.isArray(value)) return value.map((item) => filled(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, name)]));
}

function sample(item, index, switched) {
  const { key, type } = item;
  switch (type) {
    case 'Switch': return switched;
    case 'Number': return item.defaultValue ?? 7000 + index;
    case 'Select': return item.defaultValue ?? item.selectItems?.[0]?.value;
    case 'MultiSelect': return item.defaultValue ?? [item.selectItems?.[0]?.value];
    case 'Json': return filled(item.defaultValue ?? {}, key);
    default: return isAddress(item) ? `https://fake-${slug(key)}.example/fake/path` : `fake-${slug(key)}-000${index}`;
  }
}

function configOf(items, switched, bare) {
  const wanted = items.filter((item) => !bare || item.required === true);
  return Object.fromEntries(wanted.map((item, index) => [item.key, sample(item, index, switched)]));
}

// What the package's own guard does not take, mended by what it says.
function fitted(connector, config) {
  const issues = connector.configGuard?.safeParse?.(config).error?.issues ?? [];
  const out = { ...config };
  for (const { path: [key, ...inner], validation } of issues) {
    if (inner.length > 0) continue;
    if (validation === 'email') out[key] = `${out[key]}@fake.example`;
    if (validation === 'url') out[key] = `https://${out[key]}.example/fake/path`;
  }
  return out;
}

function run(connector, config, to) {
  Object.assign(call, { now: NOW, nonce: NONCE, drawn: 0, requests: [], hashes: [], refusal: null, last: null, before: false, config });
  const data = { to, type: 'SignIn', payload: { code: CODE, locale: 'en' } };
  let error = null;
  try {
    settled(connector.sendMessage(data));
  } catch (thrown) {
    error = String(call.refusal?.message ?? thrown?.data?.message ?? thrown?.message ?? thrown).slice(0, 1000);
  }
  return { to, config, requests: call.requests, hashes: call.hashes, error };
}

function described() {
  const connector = settled(factory({ getConfig: () => call.config }));
  const items = connector.metadata.formItems ?? [];
  const runs = [];
  for (const bare of [false, true]) {
    for (const switched of [false, true]) {
      const config = fitted(connector, configOf(items, switched, bare));
      for (const to of NUMBERS) runs.push(run(connector, config, to));
    }
  }
  const { id, target, name, description, logo, readme } = connector.metadata;
  return { type: connector.type, metadata: { id, target, name, description, logo, readme, formItems: items }, runs };
}

globalThis.described = () => JSON.stringify(described());
