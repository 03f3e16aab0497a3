// Figures published elsewhere for attention and what goes with it; see ../published.test.ts for when one agrees.
import { describe, expect, test } from "vitest";
import { type Elements, float32, float64, misses, printed, tensor, vector } from "../../testing/figures.ts";
import { put, row, zeros, type Bounded } from "../bounded.ts";
import { layerNormalised } from "../normalise.ts";
import { multiHead } from "./multiHead.ts";
import { rotation } from "./positions.ts";

const exactly = () => 0;

describe("microsoft/onnxruntime, onnxruntime/test/contrib_ops/attention_op_test.cc: two heads, no output projection", () => {
  const query = tensor([1, 2, 4], [0.8, -0.5, 0, 1, 0.5, 0.2, 0.3, -0.6]);
  const weights = weightsOf(
    [
      [0.1, -0.2, 0.3, 1, 1.1, 0.3, 0.5, 0.2, 0.3, -0.6, 1.5, 2],
      [0.5, 0.1, 0.4, 1.6, 1, 2, 0.4, 0.8, 0.9, 0.1, -1.3, 0.7],
      [0.3, 0.2, 4, 2.2, 1.6, 1.1, 0.7, 0.2, 0.4, 1, 1.2, 0.5],
      [0.2, 0.1, 0.4, 1.6, 2.4, 3.3, 2.1, 4.2, 8.4, 0, 2.1, 3.2],
    ],
    [-0.5, 0.6, 1.2, 2.1, 0.5, 0.7, 0.2, 1.2, 0.5, 0.4, 0.3, 1.2],
  );
  const { run } = multiHead({ heads: 2, size: 2 });
  const job = { arithmetic: float32, weights, query };

  test("AttentionNoMaskIndex", () => {
    const figures = [
      3.1495983600616455, 0.10843668878078461, 4.25, 5.6499996185302734, 3.9696791172027588, 0.073143675923347473, 4.2499995231628418,
      5.6499991416931152,
    ];
    expect(misses(run(job).output, figures, 15)).toEqual([]);
  });

  test("AttentionMaskPartialSequence: one key of two", () => {
    const figures = [
      8.6899995803833008, -0.13000002503395081, 4.25, 5.6499996185302734, 8.6899995803833008, -0.13000002503395081, 4.2499995231628418,
      5.6499991416931152,
    ];
    expect(misses(run({ ...job, keyLengths: [1] }).output, figures, 15)).toEqual([]);
  });

  test("AttentionBatch1RelativePositionBias: added to the scores, head by head", () => {
    const bias = tensor([1, 2, 2, 2], [0.2, -0.1, 0.4, 2.5, 1.6, -1.1, 0.4, -2.5]);
    const figures = [
      4.066014289855957, 0.068997815251350403, 4.25, 5.6499996185302734, -1.8799558877944946, 0.32488855719566345, 4.25, 5.6499996185302734,
    ];
    expect(misses(run({ ...job, bias }).output, figures, 15)).toEqual([]);
  });

  test("AttentionUnidirectional: causal", () => {
    const causal = {
      arithmetic: float32,
      causal: true,
      query: tensor([1, 2, 4], [0.091099896, -0.018294459, -0.36594841, 0.28410032, -0.12125026, -0.0066160089, 0.38809127, -0.22455512]),
      weights: weightsOf(
        [
          [
            -0.2659236192703247, 0.02789675071835518, 0.07280516624450684, 0.050951678305864334, 0.020417947322130203, -0.04751841351389885,
            0.043815530836582184, 0.006015353370457888, -0.11496957391500473, -0.1773347705602646, 0.30928605794906616,
            0.005648412741720676,
          ],
          [
            0.08960387855768204, -0.27270448207855225, 0.14847396314144135, -0.17960812151432037, 0.01788954995572567, 0.09993876516819,
            0.03943513706326485, -0.02484400011599064, -0.12958766520023346, 0.220433309674263, 0.1720484346151352, 0.22024005651474,
          ],
          [
            0.059368450194597244, 0.1710093915462494, -0.3967452347278595, -0.1591450721025467, 0.1446179747581482, -0.20505407452583313,
            0.12749597430229187, 0.32139700651168823, 0.139958456158638, -0.10619817674160004, 0.04528557509183884, 0.045598603785037994,
          ],
          [
            -0.007152545265853405, 0.109454445540905, -0.1582530289888382, -0.2646341919898987, 0.0920850858092308, 0.0701494812965393,
            -0.19062495231628418, -0.24360455572605133, -0.09368397295475006, 0.07878211885690689, 0.2973634898662567, 0.11210034042596817,
          ],
        ],
        [
          -0.0540979839861393, -0.06444740295410156, 0.03112877532839775, -0.08288222551345825, 0.07840359210968018, 0.039143580943346024,
          -0.45591455698013306, -0.11876055598258972, 0.3670335114002228, 0.028461361303925514, -0.08913630992174149, 0.28048714995384216,
        ],
      ),
    };
    const figures = [0.28109729, 0.069518551, 0.0038009658, 0.29213354, 0.3692801, 0.029495837, -0.084964074, 0.28169215];
    expect(misses(run(causal).output, figures, 8)).toEqual([]);
  });

  /** Columns q, k and v of one matrix, and what passes the heads on as they are. */
  function weightsOf(rows: readonly Elements[], bias: Elements) {
    const part = (at: number) =>
      tensor(
        [4, 4],
        rows.flatMap((of) => of.slice(4 * at, 4 * at + 4)),
      );
    const shift = (at: number) => vector(bias.slice(4 * at, 4 * at + 4));
    const same = tensor(
      [4, 4],
      Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0)),
    );
    return { wq: part(0), wk: part(1), wv: part(2), wo: same, bq: shift(0), bk: shift(1), bv: shift(2), bo: vector([0, 0, 0, 0]) };
  }
});

// Inputs and figures to four decimals, and so are the source's tables of sines: hence twice the error of a printed input.
describe("microsoft/onnxruntime, onnxruntime/test/contrib_ops/rotary_embedding_op_test.cc, LargeData_LlamaMSFT", () => {
  const rough = (v: number) => 2 * printed(4)() * (1 + Math.abs(v));
  const first = vector([-1.0574, -0.1188, -0.9078, 0.3452, -0.5713, -0.2351], rough); // position 1, head 0
  const turned = (x: Bounded, interleaved: boolean) => rotation(float32, 6, 1, { interleaved }).turn(x);

  test("RotaryEmbedding_Interleaved: pairs (2i, 2i + 1)", () => {
    expect(misses(turned(first, true), [-0.4713, -0.954, -0.9229, 0.3027, -0.5708, -0.2363], 4)).toEqual([]);
  });

  test("RotaryEmbedding_NotInterleaved: pairs (i, i + size/2)", () => {
    expect(misses(turned(first, false), [-0.8618, -0.0922, -0.9073, -0.7032, -0.5762, -0.2371], 4)).toEqual([]);
  });
});

describe("webmachinelearning/webnn-baseline", () => {
  const x = tensor([4, 3], [1, 2, 3, 6, 5, 4, 3, 6, 24, -10, 0, 5], exactly);

  test("test/layer_normalization_test.js, layerNormalization 3D with scale and bias and axes=[2]", () => {
    const [gain, shift] = [vector([2, 3, 4], exactly), vector([1, 2, 3], exactly)];
    const normal = byRow(x, (v) => float64.plus(float64.times(layerNormalised(float64, v).value, gain), shift));
    const figures = [
      -1.4494713718167804, 2, 7.898942743633561, 3.4494713718167804, 2, -1.8989427436335609, -0.725324270945467, 0.38250849598862446,
      8.607303880572768, -1.6726120755027134, 2.801783622650814, 7.276179320804341,
    ];
    expect(misses(normal, figures, 13)).toEqual([]);
  });

  test("test/layer_normalization_test.js, layerNormalization 3D with epsilon: over both inner axes, 0.001", () => {
    const normal = byRow({ ...x, shape: [2, 6] }, (v) => layerNormalised(float64, v, 0.001).value);
    const figures = [
      -1.4635992282002273, -0.8781595369201364, -0.29271984564004544, 1.4635992282002273, 0.8781595369201364, 0.29271984564004544,
      -0.16457620229526346, 0.1316609618362107, 1.9090839466250555, -1.4482705801983182, -0.46081336642673765, 0.032915240459052655,
    ];
    expect(misses(normal, figures, 13)).toEqual([]);
  });

  test("test/softmax_test.js, softmax 2D axis=1", () => {
    const scores = tensor(
      [3, 4],
      [
        0.4301911, 0.54719144, -1.1637765, 0.18390046, 0.58390397, 0.1735679, 0.539724, -0.953514, -0.59202826, -0.17344485, 0.14395015,
        -0.37920907,
      ],
      exactly,
    );
    const figures = [
      0.3216537706230936, 0.36157737612692964, 0.06533370899961785, 0.2514351442503589, 0.35271572559067943, 0.23400122550752556,
      0.33747196917113453, 0.07581107973066051, 0.17110128476868686, 0.2600409450936177, 0.35717794384660767, 0.2116798262910878,
    ];
    expect(misses(byRow(scores, float64.softmax), figures, 15)).toEqual([]);
  });
});

/** `f` of each row. */
function byRow(x: Bounded, f: (row: Bounded) => Bounded): Bounded {
  const all = zeros(x.shape);
  for (let i = 0; i < x.shape[0]!; i++) put(all, i, f(row(x, i)));
  return all;
}
