// A model of bytes, of layers that the caller names: whoever loads one in a page imports those alone.
import { isLayer } from "../layers/callable.ts";
import type { LayerMaker, LayerTable } from "../layers/table.ts";
import { boolean, type Rule } from "@sluice/core/arguments";
import type { AnyModel, Model } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import { callable, recordOf } from "../options/rules.ts";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { bytesOf } from "./bytes.ts";
import { planOf, type Reading } from "./record.ts";
import { openSafetensors } from "./safetensors.ts";

export interface LoadOptions {
  /** Whether to take the optimizer's state where there is one. Default true. */
  readonly optimizer?: boolean;
  /** Makers of layers that are not built in, by kind: `{ mgu: recurrent(mgu) }`. */
  readonly layers?: LayerTable;
  /** Load weights that are NaN or infinite too. Default false. */
  readonly allowNonFinite?: boolean;
}

/** A layer is a function too, of values: it makes none. */
const maker: Rule<LayerMaker> = {
  expected: "a function that makes a layer of its config",
  accepts: (value): value is LayerMaker => callable.accepts(value) && !isLayer(value), // it checks what it is given
};

export const loadTable = {
  optimizer: preset(boolean, true),
  layers: preset(recordOf(maker, "a record of makers of layers, by kind: { mgu: recurrent(mgu) }"), {}),
  allowNonFinite: preset(boolean, false),
} satisfies Table<LoadOptions>;

/**
 * As `deserialize`, but that of layers there are only those given, by kind: `deserializeWith(bytes, { layers: { lstm, dense } })`. So a page that predicts has in its bundle what it
 * needs. Throws as `deserialize`; a layer that is not given is FILE_FOREIGN.
 */
export function deserializeWith<I extends Names = null, O extends Names = null>(
  bytes: ArrayBufferView | ArrayBufferLike,
  options: LoadOptions & Required<Pick<LoadOptions, "layers">>,
): Model<I, O> {
  const who = "deserializeWith";
  return modelIn(who, bytes, optionsOf<LoadOptions, typeof loadTable>(who, loadTable, options)) as unknown as Model<I, O>; // whose ends the caller knows
}

/** Throws as `deserialize`. */
export function modelIn(who: string, bytes: ArrayBufferView | ArrayBufferLike, reading: Reading): AnyModel {
  const { header, read } = openSafetensors(bytesOf(bytes, who), who);
  const plan = planOf(header, reading, who);
  return plan.finish(new Map(plan.entries.map((entry) => [entry.name, read(entry)])));
}
