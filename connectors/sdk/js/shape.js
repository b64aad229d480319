// Whether a value is what a provider documents: `{ id: "string", parts: "integer?", error: { code: "string" } }`.

/** @type {Record<string, (value: any) => boolean>} */
const IS = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isSafeInteger,
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  any: (value) => value !== undefined,
};

/**
 * What of it does not fit; nothing if it fits. Of the value itself it says nothing: that is the provider's.
 * @param {any} value
 * @param {any} shape
 * @param {string} [path]
 * @returns {string | undefined}
 */
export function misfit(value, shape, path = "") {
  const named = path === "" ? "it" : `\`${path}\``;
  if (typeof shape === "object" && shape !== null) {
    if (!IS.object(value)) return `${named} is no object`;
    for (const [name, inner] of Object.entries(shape)) {
      // Its own members only: an answer without `constructor` has none.
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      const found = misfit(member, inner, path === "" ? name : `${path}.${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const optional = shape.endsWith("?");
  const kind = optional ? shape.slice(0, -1) : shape;
  if (!Object.hasOwn(IS, kind)) throw new TypeError(`\`${shape}\` is no shape; there are: ${Object.keys(IS).join(", ")}`);
  if (optional && (value === undefined || value === null)) return undefined;
  return IS[kind](value) ? undefined : `${named} is ${value === undefined ? "not there" : `not of type ${kind}`}`;
}
