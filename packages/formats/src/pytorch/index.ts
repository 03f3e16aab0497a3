// The names of this entry.
export { fromPyTorch, type FromPyTorchOptions } from "./fromPyTorch.ts";
export type { ModulePlace, Parameter, ParameterPlace, Place, Places } from "./places.ts";
export type { StateDict } from "./stateDict.ts";
export type { BiasOption, PrefixOption, RecurrentOptions } from "./moduleWeights.ts";
export { torchModules } from "./torchModules.ts";
export { torchTensors } from "./torchTensors.ts";
export { toPyTorch, type ToPyTorchOptions } from "./toPyTorch.ts";
