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
