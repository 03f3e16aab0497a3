export { activation, type ActivationConfig } from "./layers/activation.ts";
export type { Activation } from "./layers/activationFunction.ts";
export { activityRegularization, type ActivityRegularizationConfig } from "./layers/activityRegularization.ts";
export { add } from "./layers/add.ts";
export { additiveAttention, type AdditiveAttentionConfig } from "./layers/additiveAttention.ts";
export { alphaDropout } from "./layers/alphaDropout.ts";
export { attention, type AttentionConfig } from "./layers/attention.ts";
export { attentionDecoder, type AttentionDecoderConfig } from "./layers/attentionDecoder.ts";
export { average } from "./layers/average.ts";
export { averagePooling1D } from "./layers/averagePooling1D.ts";
export { batchNormalization, type BatchNormalizationConfig } from "./layers/batchNormalization.ts";
export { bidirectional, type BidirectionalConfig } from "./layers/bidirectional.ts";
export { layer, masked } from "./layers/callable.ts";
export { concatenate, type ConcatenateConfig } from "./layers/concatenate.ts";
export { conv1D, type Conv1DConfig } from "./layers/conv1D.ts";
export { conv1DTranspose, type Conv1DTransposeConfig } from "./layers/conv1DTranspose.ts";
export type { ConvolutionConfig } from "./layers/convolution.ts";
export { cropping1D, type Cropping1DConfig } from "./layers/cropping1D.ts";
export { dense, type DenseConfig } from "./layers/dense.ts";
export { depthwiseConv1D, type DepthwiseConv1DConfig } from "./layers/depthwiseConv1D.ts";
export { dot, type DotConfig } from "./layers/dot.ts";
export { dropout, type DropoutConfig } from "./layers/dropout.ts";
export { embedding, type EmbeddingConfig } from "./layers/embedding.ts";
export { flatten, type FlattenConfig } from "./layers/flatten.ts";
export { gaussianDropout } from "./layers/gaussianDropout.ts";
export { gaussianNoise, type GaussianNoiseConfig } from "./layers/gaussianNoise.ts";
export { globalAveragePooling1D } from "./layers/globalAveragePooling1D.ts";
export { globalMaxPooling1D } from "./layers/globalMaxPooling1D.ts";
export { groupQueryAttention, type GroupQueryAttentionConfig } from "./layers/groupQueryAttention.ts";
export { groupNormalization, type GroupNormalizationConfig } from "./layers/groupNormalization.ts";
export { gru, type GruConfig } from "./layers/gru.ts";
export { input, type InputConfig } from "./layers/input.ts";
export type { AnyWeights, Known, LayerName, Naming, WeightArray } from "./layers/known.ts";
export { lambda, type LambdaConfig, type SpecsOf } from "./layers/lambda.ts";
export type {
  AnyLayer,
  Beside,
  Built,
  Layer,
  LayerContext,
  Learning,
  LayerDefinition,
  OwnBuilt,
  OwnDefinition,
  Masked,
  Drawn,
  RandomMask,
  RandomNoise,
  StepContext,
  StepLimits,
  Stepped,
  Stepwise,
  Symbolic,
} from "./layers/layer.ts";
export { layerNormalization, type LayerNormalizationConfig } from "./layers/layerNormalization.ts";
export { lstm, type LstmConfig } from "./layers/lstm.ts";
export { elu, type EluConfig } from "./layers/elu.ts";
export { leakyRelu, type LeakyReluConfig } from "./layers/leakyRelu.ts";
export { masking, type MaskingConfig } from "./layers/masking.ts";
export { prelu, type PreluConfig } from "./layers/prelu.ts";
export { relu, type ReluConfig } from "./layers/relu.ts";
export { softmax, type SoftmaxConfig } from "./layers/softmax.ts";
export { maximum } from "./layers/maximum.ts";
export { maxPooling1D } from "./layers/maxPooling1D.ts";
export type { MergeConfig, MergeLayer } from "./layers/merge.ts";
export { mgu, type MguConfig } from "./layers/mgu.ts";
export { minimum } from "./layers/minimum.ts";
export { multiHeadAttention, type MultiHeadAttentionConfig } from "./layers/multiHeadAttention.ts";
export { multiply } from "./layers/multiply.ts";
export { normalization, type NormalizationConfig } from "./layers/normalization.ts";
export { permute, type PermuteConfig } from "./layers/permute.ts";
export type { PerFeature } from "./layers/perFeature.ts";
export type { PoolingConfig } from "./layers/pooling.ts";
export { positionEmbedding, type PositionEmbeddingConfig } from "./layers/positionEmbedding.ts";
export type { Pooling1DConfig } from "./layers/pooling1D.ts";
export { positionalEncoding, type PositionalEncodingConfig } from "./layers/positionalEncoding.ts";
export { recurrent, type BothWays, type RecurrentConfig, type RecurrentLayer } from "./layers/recurrent.ts";
export type { MaskConfig } from "./layers/recurrentMasks.ts";
export { repeatVector, type RepeatVectorConfig } from "./layers/repeatVector.ts";
export { rescaling, type RescalingConfig } from "./layers/rescaling.ts";
export { reshape, type ReshapeConfig } from "./layers/reshape.ts";
export { reversibleEmbedding, type ReversibleEmbeddingConfig } from "./layers/reversibleEmbedding.ts";
export { rmsNormalization, type RmsNormalizationConfig } from "./layers/rmsNormalization.ts";
export type { SelfAttentionConfig } from "./layers/selfAttention.ts";
export { separableConv1D, type SeparableConv1DConfig } from "./layers/separableConv1D.ts";
export { simpleRNN, type SimpleRNNConfig } from "./layers/simpleRNN.ts";
export { spatialDropout1D } from "./layers/spatialDropout1D.ts";
export type { Kind, Spec } from "./layers/spec.ts";
export type { BothEnds } from "./layers/stepEnds.ts";
export { subtract } from "./layers/subtract.ts";
export type { LayerMaker, LayerTable } from "./layers/table.ts";
export { unitNormalization, type UnitNormalizationConfig } from "./layers/unitNormalization.ts";
export { upSampling1D, type UpSampling1DConfig } from "./layers/upSampling1D.ts";
export type { ActivityOption, WeightOptions } from "./layers/weightOptions.ts";
export type { Padding } from "./layers/windows.ts";
export { zeroPadding1D, type ZeroPadding1DConfig } from "./layers/zeroPadding1D.ts";

export { model, type ModelConfig } from "./models/model.ts";
export { sequential, type InSequence } from "./models/sequential.ts";
export { timeDistributed, type TimeDistributedConfig } from "./models/timeDistributed.ts";
export { tokenAndPositionEmbedding, type TokenAndPositionEmbeddingConfig } from "./models/tokenAndPositionEmbedding.ts";
export type { TransformerConfig } from "./models/transformer.ts";
export { transformerDecoder, type TransformerDecoderConfig, type TransformerDecoderLayer } from "./models/transformerDecoder.ts";
export { transformerEncoder, type TransformerEncoderLayer } from "./models/transformerEncoder.ts";
export type { Applied, BuiltLayer, BuiltModel, BuiltOutput, ModelContext } from "./model/built.ts";
export type { Graph, Named, NamedLayer } from "./model/graph.ts";
export type { Model } from "./model/model.ts";
export type { ByName, EndNames, Names } from "./model/names.ts";
export type { RunSummary } from "./model/runs.ts";
export type { LayerSummary, Summary, SummaryOptions } from "./model/summary.ts";
export type { Saved, SavedBest, SavedPosition, SavedProgress, SavedTraining } from "./model/saved.ts";

export { binaryCrossentropy } from "./losses/binaryCrossentropy.ts";
export { binaryFocalCrossentropy, type BinaryFocalConfig } from "./losses/binaryFocalCrossentropy.ts";
export { categoricalCrossentropy } from "./losses/categoricalCrossentropy.ts";
export { ctc, type CtcConfig } from "./losses/ctc.ts";
export { categoricalFocalCrossentropy, type CategoricalFocalConfig } from "./losses/categoricalFocalCrossentropy.ts";
export { categoricalGeneralizedCrossEntropy, type GeneralizedCrossEntropyConfig } from "./losses/categoricalGeneralizedCrossEntropy.ts";
export { categoricalHinge } from "./losses/categoricalHinge.ts";
export { cosineSimilarity } from "./losses/cosineSimilarity.ts";
export { dice } from "./losses/dice.ts";
export { hinge } from "./losses/hinge.ts";
export { huber, type HuberConfig } from "./losses/huber.ts";
export { klDivergence } from "./losses/klDivergence.ts";
export { logCosh } from "./losses/logCosh.ts";
export type { Loss } from "./losses/loss.ts";
export { meanAbsolutePercentageError } from "./losses/meanAbsolutePercentageError.ts";
export { meanSquaredLogarithmicError } from "./losses/meanSquaredLogarithmicError.ts";
export type { LossName } from "./losses/names.ts";
export { poisson } from "./losses/poisson.ts";
export { sparseCategoricalCrossentropy, type SparseCrossentropyConfig } from "./losses/sparseCategoricalCrossentropy.ts";
export { squaredHinge } from "./losses/squaredHinge.ts";
export { tversky, type TverskyConfig } from "./losses/tversky.ts";
export type { Configurable } from "./measures/configurable.ts";
export type { IgnoringConfig } from "./measures/ignoring.ts";
export { meanAbsoluteError } from "./measures/meanAbsoluteError.ts";
export { meanSquaredError } from "./measures/meanSquaredError.ts";
export type { Measure, Target } from "./measures/measure.ts";
export type { CrossentropyConfig } from "./measures/crossentropy.ts";
export type { LogitsConfig } from "./measures/logits.ts";
export type { SmoothingConfig } from "./measures/smoothing.ts";

export { auc, type AucConfig } from "./metrics/auc.ts";
export { binaryAccuracy } from "./metrics/binaryAccuracy.ts";
export { binaryIoU, type BinaryIoUConfig } from "./metrics/binaryIoU.ts";
export { categoricalAccuracy } from "./metrics/categoricalAccuracy.ts";
export { concordanceCorrelation } from "./metrics/concordanceCorrelation.ts";
export type { CurveConfig } from "./metrics/curve.ts";
export type { DecisionConfig } from "./metrics/decisions.ts";
export { f1Score } from "./metrics/f1Score.ts";
export { fBetaScore, type FBetaConfig } from "./metrics/fBetaScore.ts";
export { falseNegatives } from "./metrics/falseNegatives.ts";
export { falsePositives } from "./metrics/falsePositives.ts";
export { iou, type IoUConfig } from "./metrics/iou.ts";
export { meanIoU } from "./metrics/meanIoU.ts";
export type { Metric, Sums } from "./metrics/metric.ts";
export type { MetricName } from "./losses/metricNames.ts";
export type { OperatingConfig } from "./metrics/operatingPoint.ts";
export { pearsonCorrelation } from "./metrics/pearsonCorrelation.ts";
export { perplexity } from "./metrics/perplexity.ts";
export { precision } from "./metrics/precision.ts";
export { precisionAtRecall } from "./metrics/precisionAtRecall.ts";
export { r2Score, type R2Config } from "./metrics/r2Score.ts";
export { recall } from "./metrics/recall.ts";
export { recallAtPrecision } from "./metrics/recallAtPrecision.ts";
export { rootMeanSquaredError } from "./metrics/rootMeanSquaredError.ts";
export { sensitivityAtSpecificity } from "./metrics/sensitivityAtSpecificity.ts";
export { sparseCategoricalAccuracy } from "./metrics/sparseCategoricalAccuracy.ts";
export { specificityAtSensitivity } from "./metrics/specificityAtSensitivity.ts";
export { sparseTopKCategoricalAccuracy } from "./metrics/sparseTopKCategoricalAccuracy.ts";
export type { ThresholdConfig } from "./metrics/threshold.ts";
export { topKCategoricalAccuracy } from "./metrics/topKCategoricalAccuracy.ts";
export type { TopKConfig } from "./metrics/topK.ts";
export { trueNegatives } from "./metrics/trueNegatives.ts";
export { truePositives } from "./metrics/truePositives.ts";

export { cosineDecay, type CosineDecayConfig } from "./schedules/cosineDecay.ts";
export { cosineDecayRestarts, type CosineDecayRestartsConfig } from "./schedules/cosineDecayRestarts.ts";
export { exponentialDecay, type ExponentialDecayConfig } from "./schedules/exponentialDecay.ts";
export { inverseTimeDecay, type InverseTimeDecayConfig } from "./schedules/inverseTimeDecay.ts";
export { competence, type CompetenceConfig } from "./schedules/competence.ts";
export { inverseSigmoidDecay, type InverseSigmoidDecayConfig } from "./schedules/inverseSigmoidDecay.ts";
export { linearDecay, type LinearDecayConfig } from "./schedules/linearDecay.ts";
export { noam, type NoamConfig } from "./schedules/noam.ts";
export { oneCycle, type OneCycleConfig } from "./schedules/oneCycle.ts";
export { oneCycleMomentum, type OneCycleMomentumConfig } from "./schedules/oneCycleMomentum.ts";
export { piecewiseConstantDecay, type PiecewiseConstantDecayConfig } from "./schedules/piecewiseConstantDecay.ts";
export { plateau, type Plateau, type PlateauConfig, type PlateauState } from "./schedules/plateau.ts";
export { polynomialDecay, type PolynomialDecayConfig } from "./schedules/polynomialDecay.ts";
export type { CycleConfig } from "./schedules/cycle.ts";
export type { LearningRate, Schedule, Scheduled } from "./schedules/schedule.ts";
export { warmUp, type WarmUpConfig } from "./schedules/warmUp.ts";

export { adadelta, type AdadeltaConfig } from "./optimizers/adadelta.ts";
export { adagrad, type AdagradConfig } from "./optimizers/adagrad.ts";
export { adam, adamW, type AdamConfig } from "./optimizers/adam.ts";
export { adamax, type AdamaxConfig } from "./optimizers/adamax.ts";
export type { AveragingConfig } from "./optimizers/averaging.ts";
export type { Clip } from "./optimizers/clip.ts";
export type { Decay } from "./optimizers/decay.ts";
export type { DescentConfig } from "./optimizers/descent.ts";
export { ftrl, type FtrlConfig } from "./optimizers/ftrl.ts";
export { lamb, type LambConfig } from "./optimizers/lamb.ts";
export { lion, type LionConfig } from "./optimizers/lion.ts";
export type { MomentsConfig } from "./optimizers/moments.ts";
export { nadam, type NadamConfig } from "./optimizers/nadam.ts";
export type { Now, Optimizer, Part, Update } from "./optimizers/optimizer.ts";
export { rmsprop, type RmspropConfig } from "./optimizers/rmsprop.ts";
export type { EpsilonAt } from "./optimizers/rooted.ts";
export { sgd, type SgdConfig } from "./optimizers/sgd.ts";

export { reduceLROnPlateau, type ReduceLROnPlateauConfig } from "./callbacks/reduceLROnPlateau.ts";

export { learn } from "./learner/learn.ts";
export { summed, type Summed } from "./learner/summed.ts";
export type { InputNumbers, Learner, LearntFunction, Measures, StateArrays, StateNumbers, WhichWeights } from "./learner/learner.ts";
export type { LearnerCheckpoint } from "./learner/checkpoint.ts";
export type { Inputs, InputSpec, InputTensors, LearnerOptions, LossContext, Outcome, StateTensors } from "./learner/options.ts";
export type { Constraint, MaxNorm, MinMaxNorm, UnitNorm } from "./weights/constraint.ts";
export type { LayerWeight } from "./weights/layerWeight.ts";
export type { Penalties, Regularizer } from "./weights/regularizer.ts";
export type { WeightGroup, WeightNames } from "./weights/roles.ts";

export type {
  Batches,
  ClassWeight,
  CompileOptions,
  Curriculum,
  Data,
  EpochLog,
  EvaluateOptions,
  Evaluation,
  FitSettings,
  History,
  PredictOptions,
  Progress,
  ScheduledSampling,
} from "./model/options.ts";
export { locateNotFinite, type LocateNotFiniteOptions } from "./training/locateNotFinite.ts";
export type { NotFinite } from "./training/notFinite.ts";
export { progressLine } from "./training/progressLine.ts";
export type { Numbers } from "./host/hostNumbers.ts";
export type { BatchMoment, Callback, EpochMoment, FitOptions, Trainer, Training } from "./model/model.ts";
export type { Decoder, DecoderOptions, DecoderState, StepOptions, Stream, StreamOptions, StreamState } from "./model/streams.ts";

export { beamSearch, type BeamOptions, type Hypothesis } from "./decoding/beam.ts";
export { ctcBeamSearch, type CtcBeamOptions, type CtcHypothesis } from "./decoding/ctcBeamSearch.ts";
export { ctcGreedy } from "./decoding/ctcGreedy.ts";
export type { CtcScores } from "./decoding/ctcScores.ts";
export { generate, type GenerateOptions } from "./decoding/generate.ts";
export type { Writing } from "./decoding/prompt.ts";
export type { Sampling } from "./decoding/sampling.ts";
export type { DecodingResult, DecodingStep } from "./decoding/step.ts";

export { deserializeCheckpoint, serializeCheckpoint } from "./saving/checkpoint.ts";
export { serialize, type SaveOptions } from "./saving/serialize.ts";
export { deserialize } from "./saving/deserialize.ts";
export { deserializeWith } from "./saving/deserializeWith.ts";
export { type LoadOptions } from "./saving/deserializeWith.ts";
