export { gradientFlow, type GradientFlow, type GradientFlowOptions, type LayerFlow } from "./flow/gradientFlow.ts";
export {
  gradientFlowRecorder,
  type FlowRecord,
  type GradientFlowRecorder,
  type GradientFlowRecorderOptions,
  type RecordedLayer,
} from "./flow/gradientFlowRecorder.ts";
export type { FlowName } from "./flow/advice.ts";
export type { Verdict } from "./flow/verdict.ts";
export type { RunName } from "./runs/recurrentRuns.ts";
export { stateDynamics, type LayerDynamics, type StateDynamicsOptions } from "./dynamics/stateDynamics.ts";
export { deadUnits, type DeadUnitsOptions, type LayerUnits } from "./statistics/deadUnits.ts";
export { gateStatistics, type GateStatistics, type GateStatisticsOptions } from "./statistics/gateStatistics.ts";
export { updateRatios, type UpdateRatio } from "./statistics/updateRatios.ts";
export type { InputsOptions, Lengths } from "./runs/inputsOptions.ts";
export { attentionMaps, type AttentionMap, type AttentionMapsOptions } from "./interpretation/attentionMaps.ts";
export {
  inputTimesGradient,
  integratedGradients,
  saliency,
  type Attribution,
  type AttributionOptions,
  type InputAttribution,
  type IntegratedGradients,
  type IntegratedGradientsOptions,
} from "./interpretation/attribute.ts";
export { pca, type Pca } from "./interpretation/pca.ts";
export { stateTrajectories, type StateTrajectories, type StateTrajectoriesOptions } from "./interpretation/stateTrajectories.ts";
