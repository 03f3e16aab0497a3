// For tests: what PyTorch 2.13 (CPU, float64) gives for blocks of a transformer, and the gradients of Σ y·sin(1, 2, …) over the steps that count, each as
// Σ g·sin(1, 2, …) of its elements. TransformerEncoderLayer and TransformerDecoderLayer of 4 features, 2 heads and 3 between, without dropout, relu,
// batch_first; the decoder with a causal tgt_mask. Element i of the k-th weight is 0.6·sin(7i + k), k from 1 in the order of `gradients`; that of x
// [2, 3, 4] is sin(7i + 1), that of the memory [2, 4, 4] 0.7·sin(7i + 1) + 0.1. The last step of the second x and of the first memory do not count.

export interface BlockFigures {
  /** [2, 3, 4] */
  readonly y: readonly number[];
  readonly x: number;
  readonly memory?: number;
  readonly gradients: Readonly<Record<string, number>>;
}

export const torchBlocks: Readonly<Record<"encoder" | "encoder first" | "decoder" | "decoder first", BlockFigures>> = {
  encoder: {
    // prettier-ignore
    y: [0.1358173, -0.502456667, -0.199975258, -1.093741237, 0.390513301, -0.505594874, -0.695464501, 0.386829981, 0.001306186, -0.50374992, -0.150240831, -1.228308293, 0.467080052, -0.502057473, -0.45855452, -0.246810911, -0.161559021, -0.508405002, -0.000848207, -1.178366047, 0.39636958, -0.501469266, -0.350004349, -0.582786697],
    x: 3.599509153,
    gradients: {
      "selfAttention.wq": 0.002230603,
      "selfAttention.wk": -0.00040992,
      "selfAttention.wv": 0.003182781,
      "selfAttention.wo": -0.088209707,
      "selfAttention.bq": 0.004637655,
      "selfAttention.bk": 0.0,
      "selfAttention.bv": -0.083508278,
      "selfAttention.bo": -2.407303753,
      "selfAttentionNorm.gamma": 0.50782607,
      "selfAttentionNorm.beta": 0.605590476,
      "feedforwardIntermediate.kernel": 0.007831302,
      "feedforwardIntermediate.bias": -0.080654867,
      "feedforwardOutput.kernel": -0.351885946,
      "feedforwardOutput.bias": 0.577057086,
      "feedforwardNorm.gamma": 0.065472406,
      "feedforwardNorm.beta": -0.070041405,
    },
  },
  "encoder first": {
    // prettier-ignore
    y: [2.018297747, 2.113690282, 1.16873399, -0.351467902, 0.492352424, -0.005224806, -0.50023041, -0.749024862, 1.624597228, 2.105604255, 1.55024236, 0.231858166, 0.892785867, 0.078531979, -0.774374995, -1.246138088, 0.945937124, 1.539997868, 1.376078604, 0.534859657, 1.437811371, 0.543258463, -0.61868381, -1.476112702],
    x: 10.742329001,
    gradients: {
      "selfAttention.wq": -0.126658649,
      "selfAttention.wk": 0.047375941,
      "selfAttention.wv": 0.079827176,
      "selfAttention.wo": 0.123378189,
      "selfAttention.bq": -0.073600129,
      "selfAttention.bk": 0.0,
      "selfAttention.bv": -0.380435485,
      "selfAttention.bo": 0.291189419,
      "selfAttentionNorm.gamma": -0.427932314,
      "selfAttentionNorm.beta": -0.208394474,
      "feedforwardIntermediate.kernel": 0.65053553,
      "feedforwardIntermediate.bias": 0.039401677,
      "feedforwardOutput.kernel": 0.424484362,
      "feedforwardOutput.bias": -0.070041405,
      "feedforwardNorm.gamma": -0.537324417,
      "feedforwardNorm.beta": 0.194690007,
    },
  },
  decoder: {
    // prettier-ignore
    y: [0.383801206, -0.507489932, -0.035462227, -0.397419323, 0.246277625, -0.504567676, -0.931688278, 0.404782918, 0.235109208, -0.509270836, 0.064090383, -0.573425065, 0.439849631, -0.504105427, -0.647091878, 0.222892589, 0.047937351, -0.511710957, 0.091562135, -0.626530933, 0.501572545, -0.504840135, -0.3883617, 0.01268817],
    x: 1.940246724,
    memory: -0.015509505,
    gradients: {
      "selfAttention.wq": 0.000253319,
      "selfAttention.wk": -1.4827e-5,
      "selfAttention.wv": 0.018645739,
      "selfAttention.wo": 0.013900167,
      "selfAttention.bq": 0.007975667,
      "selfAttention.bk": 0.0,
      "selfAttention.bv": -0.125987157,
      "selfAttention.bo": -0.547156634,
      "selfAttentionNorm.gamma": 1.499318418,
      "selfAttentionNorm.beta": 0.268259366,
      "feedforwardIntermediate.kernel": -0.094906625,
      "feedforwardIntermediate.bias": -0.002731717,
      "feedforwardOutput.kernel": 0.106806728,
      "feedforwardOutput.bias": -2.118713525,
      "feedforwardNorm.gamma": 0.338829496,
      "feedforwardNorm.beta": -0.070041405,
      "crossAttention.wq": -0.010394519,
      "crossAttention.wk": -0.00024451,
      "crossAttention.wv": -0.012770289,
      "crossAttention.wo": 0.031752796,
      "crossAttention.bq": -0.008576402,
      "crossAttention.bk": 0.0,
      "crossAttention.bv": -0.104970956,
      "crossAttention.bo": 0.266066647,
      "crossAttentionNorm.gamma": -2.656193018,
      "crossAttentionNorm.beta": -2.125230426,
    },
  },
  "decoder first": {
    // prettier-ignore
    y: [1.357202406, 1.838626815, 1.415087396, 0.295048341, -0.198059474, -0.507725787, -0.567491757, -0.347940842, 0.900145445, 1.604884583, 1.519706765, 0.686536129, 0.194447793, -0.455268496, -0.880903684, -0.872962051, 0.297350352, 1.069507621, 1.315258061, 0.913644414, 0.773963317, 0.138803889, -0.564674188, -0.990222175],
    x: 10.777840722,
    memory: 0.085283456,
    gradients: {
      "selfAttention.wq": -0.004500716,
      "selfAttention.wk": 0.103050098,
      "selfAttention.wv": -0.679085812,
      "selfAttention.wo": 0.473135356,
      "selfAttention.bq": 0.197319343,
      "selfAttention.bk": 0.0,
      "selfAttention.bv": -0.501016321,
      "selfAttention.bo": -1.155916378,
      "selfAttentionNorm.gamma": -1.089321425,
      "selfAttentionNorm.beta": -0.158678161,
      "feedforwardIntermediate.kernel": -0.285589858,
      "feedforwardIntermediate.bias": 0.451791733,
      "feedforwardOutput.kernel": 1.054376654,
      "feedforwardOutput.bias": -0.070041405,
      "feedforwardNorm.gamma": -0.497928641,
      "feedforwardNorm.beta": 0.377389911,
      "crossAttention.wq": -0.00822203,
      "crossAttention.wk": 0.014792139,
      "crossAttention.wv": 0.050712892,
      "crossAttention.wo": 0.034052499,
      "crossAttention.bq": 0.022398831,
      "crossAttention.bk": 0.0,
      "crossAttention.bv": 0.299890157,
      "crossAttention.bo": -1.144604897,
      "crossAttentionNorm.gamma": -0.10459631,
      "crossAttentionNorm.beta": -0.003092805,
    },
  },
};
