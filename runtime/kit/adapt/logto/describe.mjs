// node describe.mjs BUNDLE: run what `describe.js` was bundled to, and print what it says. In a bare context: no
// `require`, no `process`, nothing of Node's; what the package says is text.

import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
const options = { timeout: 20_000 };
vm.runInContext(readFileSync(process.argv[2], 'utf8'), context, options);
process.stdout.write(String(vm.runInContext('described()', context, options)));
