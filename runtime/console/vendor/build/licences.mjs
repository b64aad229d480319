// node licences.mjs META OUT: the licence text of every package of which a byte is in htmx.js or codemirror.js.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const [meta, out] = process.argv.slice(2);
const { outputs } = JSON.parse(readFileSync(meta, "utf8"));
const packages = new Set(["htmx.org"]);
for (const [file, { bytesInOutput }] of Object.values(outputs).flatMap((output) => Object.entries(output.inputs))) {
    const found = file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found && bytesInOutput > 0) packages.add(found[1]);
}

const texts = [...packages].sort().map((name) => {
    const folder = `node_modules/${name}`;
    const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} ${version} comes without its licence text`);
    return `==== ${name} ${version} (${license}) ====\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
writeFileSync(out, texts.join("\n"));
