// Whatever half of the users may pass: a public error, never one of the engine.
import { SluiceError } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { dense, gru, input, sequential, sgd } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import * as insight from "./index.ts";

const backend = await open();
afterAll(() => backend.close());
const net = sequential([input({ shape: [3, 1] }), gru({ units: 2 }), dense({ units: 1 })]);
const trainer = await net.compile({ backend, optimizer: sgd({}), loss: "mse" });
const x = [[[1], [2], [3]]];
const nothings: readonly unknown[] = [undefined, null, 3, "x", {}, [], [[1, 2], [3]], () => 1];

const ofInputs = {
  stateDynamics: insight.stateDynamics,
  gateStatistics: insight.gateStatistics,
  deadUnits: insight.deadUnits,
  saliency: insight.saliency,
  inputTimesGradient: insight.inputTimesGradient,
  integratedGradients: insight.integratedGradients,
  attentionMaps: insight.attentionMaps,
  stateTrajectories: insight.stateTrajectories,
} as unknown as Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>;

test.each(Object.entries(ofInputs))("%s refuses what is no trainer, no inputs and no options", async (_, look) => {
  for (const nothing of nothings) {
    await expect(look(nothing, x)).rejects.toBeInstanceOf(SluiceError);
    await expect(look(trainer, nothing)).rejects.toBeInstanceOf(SluiceError);
    if (
      nothing !== undefined &&
      !(typeof nothing === "object" && nothing !== null && Object.keys(nothing).length === 0 && !Array.isArray(nothing))
    )
      await expect(look(trainer, x, nothing)).rejects.toBeInstanceOf(SluiceError);
    if (nothing !== undefined) await expect(look(trainer, x, { samples: nothing === 3 ? 0 : nothing })).rejects.toBeInstanceOf(SluiceError);
  }
});

test("what is of data, weights and points refuses likewise", async () => {
  for (const nothing of nothings) {
    await expect(insight.gradientFlow(nothing as never, { x, y: [1] })).rejects.toBeInstanceOf(SluiceError);
    await expect(insight.gradientFlow(trainer, nothing as never)).rejects.toBeInstanceOf(SluiceError);
    expect(() => insight.gradientFlowRecorder(nothing as never)).toThrow(SluiceError);
    const isEmpty = typeof nothing === "object" && nothing !== null && Object.keys(nothing).length === 0;
    if (!isEmpty) expect(() => insight.updateRatios(nothing as never, {})).toThrow(SluiceError);
    expect(() => insight.pca(nothing as never)).toThrow(SluiceError);
  }
});
