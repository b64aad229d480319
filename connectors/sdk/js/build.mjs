#!/usr/bin/env node
// A connector's source into a component: esbuild makes one file of it, componentize-qjs a component of that.
//
//   node sdk/build.mjs src/connector.js [--wit wit] [--out build/component.wasm]
//
// Which world it is follows from what the source exports. WASI is linked and not stubbed: stubbed, `Date` is a trap. The
// engine that is optimised for size needs tail calls, which a service does not run.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const SDK = path.dirname(fileURLToPath(import.meta.url));
const WORLDS = {
  sms: "connector",
  "account sms": "connector-with-account",
  "deliveryReports sms": "connector-with-reports",
  "account deliveryReports sms": "connector-complete",
};

/** What went wrong, for a person: no stack of this file. */
class Fault extends Error {}

function tool(name) {
  try {
    return createRequire(path.resolve("package.json"))(name);
  } catch (error) {
    throw new Fault(`${name} can't be used: ${error.message.split("\n", 1)[0]}\nhint: npm ci --ignore-scripts`);
  }
}

/** The globals come first, whatever the source imports; and what it defines is what it exports. */
const entry = (source) => `
  import ${JSON.stringify(path.join(SDK, "globals.js"))};
  import { state } from ${JSON.stringify(path.join(SDK, "state.js"))};
  import * as made from ${JSON.stringify(path.resolve(source))};
  export * from ${JSON.stringify(path.resolve(source))};
  for (const name of state.made) {
    if (made[name] === undefined) {
      const all = state.made.join(", ");
      throw new Error("\`" + name + "\` is not exported: export const { " + all + " } = connector({ … })");
    }
  }`;

async function bundle(source, outfile) {
  const esbuild = tool("esbuild");
  const options = {
    stdin: { contents: entry(source), resolveDir: process.cwd(), sourcefile: "connector" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["browser", "module", "main"],
    conditions: ["browser", "module"],
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["countersign:*"],
    // As generators over the global Promise, which the SDK can run to its end; the engine's own nobody can.
    supported: { "async-await": false, "async-generator": false, "for-await": false },
    // Names and lines of the bundle stand in the log when something breaks; what minifying saves is a thousandth.
    minify: false,
    charset: "utf8",
    metafile: true,
    logLevel: "silent",
    outfile,
  };
  try {
    const { metafile, warnings } = await esbuild.build(options);
    for (const line of await esbuild.formatMessages(warnings, { kind: "warning" })) process.stderr.write(line);
    return Object.values(metafile.outputs)[0].exports;
  } catch (error) {
    if (!error.errors) throw error;
    // Notes without a place are advice on options of esbuild, which are none of the author's.
    const errors = error.errors.map((one) => ({ ...one, notes: one.notes.filter((note) => note.location) }));
    const told = await esbuild.formatMessages(errors, { kind: "error" });
    const hints = new Set(errors.map(({ text }) => hint(text)).filter(Boolean));
    throw new Fault([told.join("").trimEnd(), ...hints].join("\n"));
  }
}

function hint(text) {
  if (text.startsWith("Top-level await")) return "hint: nothing can be awaited while a connector is built: do it in send()";
  const [, name] = /^Could not resolve "([^."/][^"]*)"/.exec(text) ?? [];
  if (!name) return undefined;
  return isBuiltin(name)
    ? "hint: a connector has nothing of Node's, and no package that needs it; for HTTP it has the SDK's exchange()"
    : `hint: npm install --save-dev ${name}`;
}

function worldOf(exports) {
  const made = exports.filter((name) => ["account", "deliveryReports", "sms"].includes(name)).sort();
  const world = WORLDS[made.join(" ")];
  if (!world) throw new Fault("it exports no `sms`\nhint: export const { sms } = connector({ send(call, config, message) { … } })");
  return world;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { wit: { type: "string", default: "wit" }, out: { type: "string", default: "build/component.wasm" } },
  });
  if (positionals.length !== 1) throw new Fault("usage: node sdk/build.mjs src/connector.js [--wit wit] [--out build/component.wasm]");
  mkdirSync(path.dirname(values.out), { recursive: true });
  const bundled = path.join(path.dirname(values.out), "connector.js");
  const world = worldOf(await bundle(positionals[0], bundled));
  const { componentize } = tool("componentize-qjs");
  const source = { jsSource: readFileSync(bundled, "utf8"), jsPath: path.resolve(bundled) };
  try {
    const { component } = await componentize({ ...source, witPath: values.wit, world, sync: true });
    writeFileSync(values.out, component);
  } catch (error) {
    const told = error.message.replace(/^:?\s*(Failed to [a-z ]*JavaScript module[a-z ]*:\s*)*(Error: )?/, "").trimEnd();
    throw new Fault(`${told}\n(lines are those of ${bundled})`);
  }
}

main().catch((error) => {
  console.error(error instanceof Fault ? error.message.replace(/^(?!.*(ERROR|✘))/, "error: ") : error);
  process.exitCode = 1;
});
