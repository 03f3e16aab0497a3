// How the recipe was chosen: by pieces of validation, which no result is told of. `node examples/language/scripts/tune.mjs NETWORK [OPTION=NUMBER …]`, after `npm run example language`; options are those of `src/recipe.ts`.
import { openBackend } from "@sluice/example-common";
import { allPieces, judgedByModel } from "../dist/contest.js";
import { alphabetFrom } from "../dist/data/alphabet.js";
import { declarations as read } from "../dist/data/declarations.js";
import { textsOf } from "../dist/data/parts.js";
import { recipe } from "../dist/recipe.js";
import { learnt } from "../dist/training.js";

const [name = "gru", ...given] = process.argv.slice(2);
const tried = {
  ...recipe,
  ...Object.fromEntries(given.map((option) => option.split("=")).map(([option, value]) => [option, Number(value)])),
};
const declarations = await read();
const alphabet = alphabetFrom(
  declarations.flatMap((declaration) => textsOf(declaration, "train")),
  tried,
);
const backend = await openBackend("workers");
const { signal } = new AbortController();
const began = process.cpuUsage();
const result = await learnt(/** @type {"gru" | "lstm"} */ (name), { ...tried, backend, declarations, alphabet, seed: 11, signal });
const { user } = process.cpuUsage(began);
const judged = result === undefined ? [] : await judgedByModel(result.model, { backend, alphabet }, allPieces(declarations, "validation"));
console.log(
  [name, ...given, ...judged.map(({ accuracy }) => (100 * accuracy).toFixed(2)), `${(user / 1e6).toFixed(0)} s of CPU`].join("\t"),
);
await backend.close();
