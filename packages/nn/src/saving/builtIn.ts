// All layers that come along, by kind: importing it imports them all.
import { attentionDecoder } from "../layers/attentionDecoder.ts";
import { bidirectional } from "../layers/bidirectional.ts";
import { builtIn as plain, type LayerTable } from "../layers/table.ts";
import { timeDistributed } from "../models/timeDistributed.ts";
import { tokenAndPositionEmbedding } from "../models/tokenAndPositionEmbedding.ts";
import { transformerDecoder } from "../models/transformerDecoder.ts";
import { transformerEncoder } from "../models/transformerEncoder.ts";

export const builtIn: LayerTable = {
  ...plain,
  attentionDecoder,
  bidirectional,
  timeDistributed,
  tokenAndPositionEmbedding,
  transformerDecoder,
  transformerEncoder,
};
