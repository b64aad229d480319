// node build.mjs TOOLS PACKAGE describe|connector OUT: bundle the package with what stands in for Node and for the
// libraries that it imports. TOOLS is a folder in which this folder's package.json was installed; PACKAGE is a folder.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [tools, folder, mode, outfile] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(path.join(path.resolve(tools), 'package.json'))('esbuild');
const own = (name) => path.join(here, name);

const STANDINS = {
  got: own('shims/got.js'),
  ky: own('shims/ky.js'),
  crypto: own('shims/crypto.js'),
  'node:crypto': own('shims/crypto.js'),
  buffer: own('shims/bytes.js'),
  'node:buffer': own('shims/bytes.js'),
  url: own('shims/url.js'),
  'node:url': own('shims/url.js'),
  '@vonage/auth': own('shims/vonage.js'),
  '@vonage/server-sdk': own('shims/vonage.js'),
};

// Of `@logto/shared` connectors want what reads phone numbers; its index brings Node's file system and network.
const phoneNumbers = {
  name: 'phone-numbers',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@logto\/shared$/ }, async ({ resolveDir, kind, pluginData }) => {
      if (pluginData === 'again') return undefined;
      const { path: index, errors } = await resolve('@logto/shared', { resolveDir, kind, pluginData: 'again' });
      return errors.length > 0 ? { errors } : { path: path.join(path.dirname(index), 'utils/phone.js') };
    });
  },
};

const { exports, module, main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
const index = [typeof exports === 'string' ? exports : undefined, module, main, 'index.js'].find(Boolean);
writeFileSync(own('package.js'), `export { default } from ${JSON.stringify(path.resolve(folder, index))};\n`);

await build({
  entryPoints: [own(mode === 'describe' ? 'describe.js' : 'entry.js')],
  outfile,
  bundle: true,
  format: mode === 'describe' ? 'iife' : 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['import', 'default'],
  nodePaths: [path.join(path.resolve(tools), 'node_modules')],
  // Generators over `Promise`, which is one that runs at once.
  supported: { 'async-await': false, 'async-generator': false, 'for-await': false },
  alias: mode === 'describe' ? {
    ...STANDINS,
    'countersign:connector/http@1.0.0': own('host.js'),
    'countersign:connector/credentials@1.0.0': own('host.js'),
    'countersign:connector/log@1.0.0': own('host.js'),
  } : STANDINS,
  external: mode === 'describe' ? [] : ['countersign:*'],
  plugins: [phoneNumbers],
  charset: 'utf8',
  logLevel: 'error',
});
