// A rule for oxlint: which folder of a package may import which. What the floors are stands in .oxlintrc.json; this only knows how to read them.
import { dirname, posix, relative, sep } from "node:path";
import { root } from "../packages.mjs";

/**
 * @typedef {string | { readonly room: string, readonly only: readonly string[] }} Room A folder, or a file beside the folders; with all that it may
 *   import, or, said short, everything that stands before it.
 * @typedef {object} Floors
 * @property {string} under the folder that holds them, "packages/core/src"
 * @property {readonly Room[]} rooms from the lowest
 * @property {Readonly<Record<string, readonly string[]>>} [known] by file: the rooms that it imports though it may not, until somebody mends it
 */

/** @typedef {{ source: unknown }} Import a node of the syntax tree */
/** @typedef {{ filename: string, options: readonly unknown[], report(problem: { node: object, message: string }): void }} Context */

const floors = {
  meta: { type: "problem", schema: [{ type: "object" }] },
  /** @param {Context} context */
  create({ filename, options, report }) {
    const layout = /** @type {Floors} */ (options[0]);
    const file = relative(`${root}/${layout.under}`, filename).split(sep).join("/");
    /** @type {Set<string>} */
    const met = new Set();
    /** @param {Import} node */
    const visit = (node) => {
      const specifier = specifierOf(node.source);
      const target = specifier === undefined ? ".." : posix.join(dirname(file), specifier);
      const room = roomOf(target);
      if (room === ".." || mayImport(layout, roomOf(file), room)) return; // ".." is outside
      met.add(room);
      if (!knownOf(layout, file).includes(room)) report({ node, message: refusal(layout, roomOf(file), room) });
    };
    return {
      ImportDeclaration: visit,
      ImportExpression: visit,
      ExportNamedDeclaration: visit,
      ExportAllDeclaration: visit,
      /** @param {object} node */
      "Program:exit"(node) {
        if (!layout.rooms.some((room) => nameOf(room) === roomOf(file)))
          report({ node, message: `"${roomOf(file)}" stands on no floor: name it in .oxlintrc.json` });
        for (const room of knownOf(layout, file).filter((each) => !met.has(each)))
          report({ node, message: `"${file}" no longer imports ${room}: take that out of "known" in .oxlintrc.json` });
      },
    };
  },
};

export default { meta: { name: "house" }, rules: { floors } };

/**
 * Whether one room may import another: itself, what stands before it, or where it says what it may import, that alone.
 * @param {Floors} floors
 * @param {string} from
 * @param {string} to
 */
function mayImport({ rooms }, from, to) {
  if (from === to) return true;
  const names = rooms.map(nameOf);
  const own = rooms[names.indexOf(from)];
  return names.slice(0, Math.max(0, names.indexOf(from))).includes(to) && (typeof own !== "object" || own.only.includes(to));
}

/**
 * @param {Floors} floors
 * @param {string} from
 * @param {string} to
 */
function refusal({ rooms }, from, to) {
  const own = rooms.find((room) => nameOf(room) === from);
  const rule = typeof own === "object" ? `it may import ${own.only.join(", ")} alone` : "it may import what stands before it";
  return `${from} must not know ${to}: ${rule} (floors in .oxlintrc.json)`;
}

/** @param {Room} room */
export function nameOf(room) {
  return typeof room === "string" ? room : room.room;
}

/**
 * "graph" of "graph/node.ts", "errors.ts" of "errors.ts".
 * @param {string} file
 */
function roomOf(file) {
  return file.split("/")[0] ?? file;
}

/**
 * @param {Floors} floors
 * @param {string} file
 */
function knownOf({ known = {} }, file) {
  return known[file] ?? [];
}

/**
 * Of a relative import; a package's name says nothing about folders.
 * @param {unknown} source
 */
function specifierOf(source) {
  const value = typeof source === "object" && source !== null && "value" in source ? source.value : undefined;
  return typeof value === "string" && value.startsWith(".") ? value : undefined;
}
