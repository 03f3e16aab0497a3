import fc from "fast-check";
import { expect, test } from "vitest";
import { plateau, type PlateauConfig, type PlateauState } from "./plateau.ts";

// Of these losses Keras 3.15.1's ReduceLROnPlateau makes these rates.
const losses = [1, 0.9, 0.9, 0.95, 0.89995, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.7, 0.71, 0.72, 0.73, 0.74];
test.each<[Omit<PlateauConfig, "learningRate">, readonly number[]]>([
  [{ factor: 0.5, patience: 2 }, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.03125]],
  [{ factor: 0.5, patience: 2, cooldown: 2 }, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.0625]],
  [{ factor: 0.1, patience: 1, cooldown: 1, minDelta: 0.2, minLearningRate: 0.005 }, [1, 0.1, 0.01, ...Array<number>(13).fill(0.005)]],
  [{ factor: 0.5, patience: 3, better: "higher" }, [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.0625, 0.03125]],
])("with %o the rates are Keras's", (config, rates) => {
  expect(ratesOf({ learningRate: 1, ...config }, losses)).toEqual(rates.map((rate) => expect.closeTo(rate, 14)));
}); // prettier-ignore

test("values that are not finite are never better, and do not become the best", () => {
  expect(ratesOf({ learningRate: 1, factor: 0.5, patience: 2 }, [NaN, NaN, 3, NaN, 2, NaN, NaN])).toEqual([
    1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25,
  ]);
  expect(ratesOf({ learningRate: 1, factor: 0.5, patience: 1 }, [Infinity, 5, -Infinity])).toEqual([0.5, 0.5, 0.25]);
});

test("a state that went through JSON goes on as if it had not", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 }), fc.nat({ max: 2 }), (values, cooldown) => {
      const rule = plateau({ learningRate: 1, factor: 0.5, patience: 2, cooldown });
      const carried = (state: PlateauState): PlateauState => JSON.parse(JSON.stringify(state)) as PlateauState;
      const [whole, saved] = [values.reduce(rule.next, rule.start), values.reduce((state, value) => rule.next(carried(state), value), rule.start)]; // prettier-ignore
      expect(saved).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test("numbers out of range, and states that are none, are refused", () => {
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
  for (const wrong of [{ factor: 1 }, { patience: -1 }, { minDelta: NaN }, { better: "less" }, { learningRate: 0 }])
    expect(() => plateau({ learningRate: 1, ...wrong } as PlateauConfig)).toThrow(refused);
  const rule = plateau({ learningRate: 1 });
  expect(() => rule.next({ ...rule.start, waited: -1 }, 1)).toThrow(refused);
  expect(() => rule.next(rule.start, "1" as never)).toThrow(refused);
});

function ratesOf(config: PlateauConfig, values: readonly number[]): readonly number[] {
  const rule = plateau(config);
  let state = rule.start;
  return values.map((value) => (state = rule.next(state, value)).learningRate);
}
