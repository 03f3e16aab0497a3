// Every table by what it is of, for tests and documentation only: importing it imports every layer.
import { activationTable } from "../layers/activation.ts";
import { activityRegularizationTable } from "../layers/activityRegularization.ts";
import { additiveAttentionTable } from "../layers/additiveAttention.ts";
import { attentionTable } from "../layers/attention.ts";
import { attentionDecoderTable } from "../layers/attentionDecoder.ts";
import { batchNormalizationTable } from "../layers/batchNormalization.ts";
import { bidirectionalTable } from "../layers/bidirectional.ts";
import { concatenateTable } from "../layers/concatenate.ts";
import { conv1DTable } from "../layers/conv1D.ts";
import { conv1DTransposeTable } from "../layers/conv1DTranspose.ts";
import { cropping1DTable } from "../layers/cropping1D.ts";
import { denseTable } from "../layers/dense.ts";
import { depthwiseConv1DTable } from "../layers/depthwiseConv1D.ts";
import { dotTable } from "../layers/dot.ts";
import { dropoutTable } from "../layers/dropout.ts";
import { eluTable } from "../layers/elu.ts";
import { embeddingTable } from "../layers/embedding.ts";
import { flattenTable } from "../layers/flatten.ts";
import { groupQueryAttentionTable } from "../layers/groupQueryAttention.ts";
import { gaussianNoiseTable } from "../layers/gaussianNoise.ts";
import { groupNormalizationTable } from "../layers/groupNormalization.ts";
import { gruTable } from "../layers/gru.ts";
import { inputTable } from "../layers/input.ts";
import { lambdaTable } from "../layers/lambda.ts";
import { layerNormalizationTable } from "../layers/layerNormalization.ts";
import { leakyReluTable } from "../layers/leakyRelu.ts";
import { lstmTable } from "../layers/lstm.ts";
import { maskingTable } from "../layers/masking.ts";
import { mergeTable } from "../layers/merge.ts";
import { mguTable } from "../layers/mgu.ts";
import { multiHeadAttentionTable } from "../layers/multiHeadAttention.ts";
import { normalizationTable } from "../layers/normalization.ts";
import { permuteTable } from "../layers/permute.ts";
import { poolingTable } from "../layers/pooling.ts";
import { positionEmbeddingTable } from "../layers/positionEmbedding.ts";
import { pooling1DTable } from "../layers/pooling1D.ts";
import { positionalEncodingTable } from "../layers/positionalEncoding.ts";
import { preluTable } from "../layers/prelu.ts";
import { reluTable } from "../layers/relu.ts";
import { recurrentTable } from "../layers/recurrent.ts";
import { repeatVectorTable } from "../layers/repeatVector.ts";
import { rescalingTable } from "../layers/rescaling.ts";
import { reshapeTable } from "../layers/reshape.ts";
import { reversibleEmbeddingTable } from "../layers/reversibleEmbedding.ts";
import { rmsNormalizationTable } from "../layers/rmsNormalization.ts";
import { separableConv1DTable } from "../layers/separableConv1D.ts";
import { simpleRNNTable } from "../layers/simpleRNN.ts";
import { softmaxTable } from "../layers/softmax.ts";
import { unitNormalizationTable } from "../layers/unitNormalization.ts";
import { upSampling1DTable } from "../layers/upSampling1D.ts";
import { zeroPadding1DTable } from "../layers/zeroPadding1D.ts";
import { timeDistributedTable } from "../models/timeDistributed.ts";
import { ctcTable } from "../losses/ctc.ts";
import { adadeltaTable } from "../optimizers/adadelta.ts";
import { adagradTable } from "../optimizers/adagrad.ts";
import { tokenAndPositionEmbeddingTable } from "../models/tokenAndPositionEmbedding.ts";
import { transformerTable } from "../models/transformer.ts";
import { transformerDecoderTable } from "../models/transformerDecoder.ts";
import { binaryFocalTable } from "../losses/binaryFocalCrossentropy.ts";
import { categoricalFocalTable } from "../losses/categoricalFocalCrossentropy.ts";
import { generalizedCrossEntropyTable } from "../losses/categoricalGeneralizedCrossEntropy.ts";
import { huberTable } from "../losses/huber.ts";
import { sparseCrossentropyTable } from "../losses/sparseCategoricalCrossentropy.ts";
import { tverskyTable } from "../losses/tversky.ts";
import { aucTable } from "../metrics/auc.ts";
import { binaryIoUTable } from "../metrics/binaryIoU.ts";
import { fBetaTable } from "../metrics/fBetaScore.ts";
import { iouTable } from "../metrics/iou.ts";
import { decisionTable } from "../metrics/decisions.ts";
import { operatingTable } from "../metrics/operatingPoint.ts";
import { r2Table } from "../metrics/r2Score.ts";
import { ignoringTable } from "../measures/ignoring.ts";
import { thresholdTable } from "../metrics/threshold.ts";
import { topKTable } from "../metrics/topK.ts";
import { crossentropyTable } from "../measures/crossentropy.ts";
import { adamTable, adamWTable } from "../optimizers/adam.ts";
import { adamaxTable } from "../optimizers/adamax.ts";
import { ftrlTable } from "../optimizers/ftrl.ts";
import { lambTable } from "../optimizers/lamb.ts";
import { lionTable } from "../optimizers/lion.ts";
import { nadamTable } from "../optimizers/nadam.ts";
import { rmspropTable } from "../optimizers/rmsprop.ts";
import { sgdTable } from "../optimizers/sgd.ts";
import { cosineDecayTable } from "../schedules/cosineDecay.ts";
import { cosineDecayRestartsTable } from "../schedules/cosineDecayRestarts.ts";
import { exponentialDecayTable } from "../schedules/exponentialDecay.ts";
import { inverseTimeDecayTable } from "../schedules/inverseTimeDecay.ts";
import { competenceTable } from "../schedules/competence.ts";
import { inverseSigmoidDecayTable } from "../schedules/inverseSigmoidDecay.ts";
import { linearDecayTable } from "../schedules/linearDecay.ts";
import { noamTable } from "../schedules/noam.ts";
import { oneCycleTable } from "../schedules/oneCycle.ts";
import { oneCycleMomentumTable } from "../schedules/oneCycleMomentum.ts";
import { piecewiseConstantDecayTable } from "../schedules/piecewiseConstantDecay.ts";
import { reduceLROnPlateauTable } from "../callbacks/reduceLROnPlateau.ts";
import { checkpointsTable } from "../saving/checkpoints.ts";
import { plateauTable } from "../schedules/plateau.ts";
import { polynomialDecayTable } from "../schedules/polynomialDecay.ts";
import { warmUpTable } from "../schedules/warmUp.ts";
import { beamTable } from "../decoding/beam.ts";
import { ctcBeamTable } from "../decoding/ctcBeamSearch.ts";
import { scoresTable } from "../decoding/ctcScores.ts";
import { generateTable } from "../decoding/generate.ts";
import { learnerTable } from "../learner/options.ts";
import { groupTable } from "../weights/roles.ts";
import { saveTable } from "../saving/serialize.ts";
import { loadTable } from "../saving/deserializeWith.ts";
import { modelTable } from "../models/model.ts";
import { curriculumTable } from "../training/curriculum.ts";
import { samplingTable } from "../training/samplingPlan.ts";
import { locateNotFiniteTable } from "../training/locateNotFinite.ts";
import { batchTable, compileTable, decoderTable, fitTable, predictTable, streamTable, summaryTable } from "../training/tables.ts";

/** By kind; the makers are those of `layers/table.ts`, but for those that are made of another layer. */
export const layerTables = {
  activation: activationTable,
  activityRegularization: activityRegularizationTable,
  add: mergeTable,
  additiveAttention: additiveAttentionTable,
  alphaDropout: dropoutTable,
  attention: attentionTable,
  average: mergeTable,
  averagePooling1D: pooling1DTable,
  batchNormalization: batchNormalizationTable,
  bidirectional: bidirectionalTable,
  concatenate: concatenateTable,
  conv1D: conv1DTable,
  conv1DTranspose: conv1DTransposeTable,
  cropping1D: cropping1DTable,
  dense: denseTable,
  depthwiseConv1D: depthwiseConv1DTable,
  dot: dotTable,
  dropout: dropoutTable,
  elu: eluTable,
  embedding: embeddingTable,
  flatten: flattenTable,
  gaussianDropout: dropoutTable,
  gaussianNoise: gaussianNoiseTable,
  globalAveragePooling1D: poolingTable,
  globalMaxPooling1D: poolingTable,
  groupQueryAttention: groupQueryAttentionTable,
  groupNormalization: groupNormalizationTable,
  gru: gruTable,
  input: inputTable,
  layerNormalization: layerNormalizationTable,
  leakyRelu: leakyReluTable,
  lstm: lstmTable,
  masking: maskingTable,
  maximum: mergeTable,
  maxPooling1D: pooling1DTable,
  mgu: mguTable,
  minimum: mergeTable,
  multiHeadAttention: multiHeadAttentionTable,
  multiply: mergeTable,
  normalization: normalizationTable,
  positionEmbedding: positionEmbeddingTable,
  permute: permuteTable,
  positionalEncoding: positionalEncodingTable,
  prelu: preluTable,
  relu: reluTable,
  repeatVector: repeatVectorTable,
  rescaling: rescalingTable,
  reshape: reshapeTable,
  reversibleEmbedding: reversibleEmbeddingTable,
  rmsNormalization: rmsNormalizationTable,
  separableConv1D: separableConv1DTable,
  simpleRNN: simpleRNNTable,
  softmax: softmaxTable,
  spatialDropout1D: dropoutTable,
  subtract: mergeTable,
  timeDistributed: timeDistributedTable,
  tokenAndPositionEmbedding: tokenAndPositionEmbeddingTable,
  transformerDecoder: transformerDecoderTable,
  transformerEncoder: transformerTable,
  unitNormalization: unitNormalizationTable,
  upSampling1D: upSampling1DTable,
  zeroPadding1D: zeroPadding1DTable,
} as const;

/** Of measures that have options. */
export const measureTables = {
  binaryCrossentropy: crossentropyTable,
  binaryFocalCrossentropy: binaryFocalTable,
  categoricalCrossentropy: crossentropyTable,
  categoricalFocalCrossentropy: categoricalFocalTable,
  categoricalGeneralizedCrossEntropy: generalizedCrossEntropyTable,
  ctc: ctcTable,
  huber: huberTable,
  sparseCategoricalCrossentropy: sparseCrossentropyTable,
  tversky: tverskyTable,
  auc: aucTable,
  binaryAccuracy: thresholdTable,
  binaryIoU: binaryIoUTable,
  f1Score: decisionTable,
  fBetaScore: fBetaTable,
  falseNegatives: thresholdTable,
  falsePositives: thresholdTable,
  meanIoU: ignoringTable,
  perplexity: ignoringTable,
  precision: decisionTable,
  r2Score: r2Table,
  recall: decisionTable,
  sparseCategoricalAccuracy: ignoringTable,
  sparseTopKCategoricalAccuracy: topKTable,
  topKCategoricalAccuracy: topKTable,
  trueNegatives: thresholdTable,
  truePositives: thresholdTable,
} as const;

/** Of metrics that must be told what they are of. */
export const operatingTables = {
  iou: iouTable,
  precisionAtRecall: operatingTable("recall"),
  recallAtPrecision: operatingTable("precision"),
  sensitivityAtSpecificity: operatingTable("specificity"),
  specificityAtSensitivity: operatingTable("sensitivity"),
} as const;

export const otherTables = {
  attentionDecoder: attentionDecoderTable,
  lambda: lambdaTable,
  recurrent: recurrentTable,
  sgd: sgdTable,
  rmsprop: rmspropTable,
  adagrad: adagradTable,
  adadelta: adadeltaTable,
  adam: adamTable,
  adamW: adamWTable,
  adamax: adamaxTable,
  nadam: nadamTable,
  lion: lionTable,
  ftrl: ftrlTable,
  lamb: lambTable,
  exponentialDecay: exponentialDecayTable,
  inverseTimeDecay: inverseTimeDecayTable,
  polynomialDecay: polynomialDecayTable,
  piecewiseConstantDecay: piecewiseConstantDecayTable,
  cosineDecay: cosineDecayTable,
  cosineDecayRestarts: cosineDecayRestartsTable,
  oneCycle: oneCycleTable,
  oneCycleMomentum: oneCycleMomentumTable,
  warmUp: warmUpTable,
  noam: noamTable,
  linearDecay: linearDecayTable,
  competence: competenceTable,
  inverseSigmoidDecay: inverseSigmoidDecayTable,
  plateau: plateauTable,
  reduceLROnPlateau: reduceLROnPlateauTable,
  checkpoints: checkpointsTable,
  model: modelTable,
  "model.summary": summaryTable,
  "model.compile": compileTable,
  "trainer.fit": fitTable,
  "trainer.fit curriculum": curriculumTable,
  "trainer.fit scheduledSampling": samplingTable,
  "trainer.evaluate": batchTable,
  "trainer.predict": predictTable,
  "trainer.stream": streamTable,
  "trainer.decoder": decoderTable,
  locateNotFinite: locateNotFiniteTable,
  learn: learnerTable,
  generate: generateTable,
  beamSearch: beamTable,
  ctcGreedy: scoresTable,
  ctcBeamSearch: ctcBeamTable,
  "learn groups": groupTable,
  "serialize, saveModel": saveTable,
  "deserialize, loadModel": loadTable,
} as const;
