// The names of this entry.
export type { StandaloneOptions, Verb } from "./options.ts";
export { type Source, type Standalone, standalone } from "./standalone.ts";
