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
