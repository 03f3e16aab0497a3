// The layers a saved model may name, and the way back from what it kept of them.
import { SluiceError } from "@sluice/core";
import { text } from "@sluice/core/arguments";
import { anyRecord } from "../options/rules.ts";
import { given, required, type Table } from "../options/table.ts";
import { additiveAttention } from "./additiveAttention.ts";
import { attention } from "./attention.ts";
import { bidirectional, type BidirectionalConfig } from "./bidirectional.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { gru } from "./gru.ts";
import { input } from "./input.ts";
import type { Layer } from "./layer.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { lstm } from "./lstm.ts";
import { mgu } from "./mgu.ts";
import { multiHeadAttention } from "./multiHeadAttention.ts";
import { positionalEncoding } from "./positionalEncoding.ts";
import type { RecurrentLayer } from "./recurrent.ts";
import { rmsNormalization } from "./rmsNormalization.ts";
import { simpleRNN } from "./simpleRNN.ts";

/** Makes a layer of its `config`; each checks what it is given. */
export type LayerMaker = (config: never) => Layer;

/** Makers by `kind`. */
export type LayerTable = Readonly<Record<string, LayerMaker>>;

/** What is saved of a layer. */
export interface LayerRecord {
  readonly kind: string;
  readonly config: object;
}

const recordTable = {
  kind: required(text),
  config: required(anyRecord),
} satisfies Table<LayerRecord>;

/** Makers of the layers that come along, but for `bidirectional`, which is made of another layer. */
export const builtIn: LayerTable = {
  additiveAttention,
  attention,
  dense,
  dropout,
  embedding,
  gru,
  input,
  layerNormalization,
  lstm,
  mgu,
  multiHeadAttention,
  positionalEncoding,
  rmsNormalization,
  simpleRNN,
};

/** The layer again; `custom` makers come before the built-in ones. Throws FILE_FOREIGN for an unknown kind, and what the maker throws. */
export function restoreLayer(record: LayerRecord, custom: LayerTable, who: string): Layer {
  const { kind, config } = given("a layer of the file", recordTable, record);
  if (kind === "bidirectional" && !Object.hasOwn(custom, kind)) return restoreBoth(config as SavedBoth, custom, who); // as `bidirectional` wrote it
  const maker = Object.hasOwn(custom, kind) ? custom[kind] : Object.hasOwn(builtIn, kind) ? builtIn[kind] : undefined;
  if (maker === undefined) throw unknown(kind, who);
  return maker(config as never); // the maker checks every field
}

type SavedBoth = BidirectionalConfig & { readonly layer: LayerRecord };

function restoreBoth({ layer, ...config }: SavedBoth, custom: LayerTable, who: string): Layer {
  const inner = restoreLayer(layer, custom, who);
  if (!("both" in inner)) throw unknown(`bidirectional ${inner.kind}`, who);
  return bidirectional(inner as RecurrentLayer, config); // only recurrent layers have `both`
}

function unknown(kind: string, who: string): SluiceError {
  const fix = `Give its maker: { layers: { ${JSON.stringify(kind)}: … } }`;
  return new SluiceError({ code: "FILE_FOREIGN", who, what: `no layer of kind "${kind}" is known`, fix, facts: { kind } });
}
