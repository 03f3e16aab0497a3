// The names of this entry.
export type { StandaloneOptions, Verb } from "./options.ts";
export { type Standalone, standalone } from "./standalone.ts";
export type { Source } from "@sluice/nn/kit";
