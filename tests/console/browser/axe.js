// What axe finds against WCAG 2.2 AA, as lines to read.
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const line = (rule, node) => `${rule.id}: ${node.target.flat().join(" ")}\n    ${node.html.slice(0, 200)}\n    ${node.failureSummary.replace(/\n\s*/g, "\n      ")}`;
axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.flatMap((rule) => rule.nodes.map((node) => line(rule, node)))),
  (error) => done([`axe did not run: ${error}`]),
);
