// Proves a backend: laws with generated examples, judged by an oracle that knows nothing of core.
export * as attentionArbitraries from "./arbitraries/attention.ts";
export * as attentionData from "./arbitraries/attentionData.ts";
export * as cellArbitraries from "./arbitraries/cells.ts";
export * as layerArbitraries from "./arbitraries/layers.ts";
export * as programArbitraries from "./arbitraries/programs.ts";
export { property, type Claim, type HuntOptions, type Law } from "./law.ts";
export { attentionLaws } from "./laws/attention.ts";
export { cellLaws } from "./laws/cells.ts";
export { layerLaws } from "./laws/layers.ts";
export { stepLaws } from "./laws/steps.ts";
export * as oracle from "./oracle/index.ts";
export { testLaws, type Runner, type TestOptions } from "./testLaws.ts";
export { format, laws, runSuite, type Report, type SuiteOptions, type Verdict } from "./suite.ts";
