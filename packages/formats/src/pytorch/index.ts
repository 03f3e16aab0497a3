// The names of this entry.
export type { ModulePlace, Parameter, ParameterPlace, Place, Places } from "./places.ts";
export type { StateDict } from "./stateDict.ts";
export type { BiasOption, PrefixOption, RecurrentOptions } from "./moduleWeights.ts";
export { torchModules } from "./torchModules.ts";
