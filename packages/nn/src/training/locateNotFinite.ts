// Where what is not finite in a batch comes from, for whoever asks.
import { refused, size } from "@sluice/core/arguments";
import type { AnyTrainer } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import type { Data } from "../model/options.ts";
import { optionsOf, preset, type Table } from "../options/table.ts";
import type { NotFinite } from "./notFinite.ts";
import { checkData } from "./tables.ts";
import { sessionOf } from "./trainer.ts";

export interface LocateNotFiniteOptions {
  /** Rows that are looked at together, as one batch: the first ones. Default 32. */
  readonly samples?: number;
}

export const locateNotFiniteTable = { samples: preset(size, 32) } satisfies Table<LocateNotFiniteOptions>;

/**
 * Where the first value that is not finite arises as the model trains on these rows: layer, cell and gate, operation, time step, row and sample. Undefined where the loss and
 * its gradient are finite.
 *
 * The batch is computed again on the host, value by value, each rounded as its type is: forward as training has it, with the masks that the next update would draw; then, where the loss is finite, backward.
 * A value that is lost on the way, such as −∞ under a softmax, is passed over. Slow: some 10⁸ products a second; `fit` tells the same in its NOT_FINITE by itself, up to
 * 5·10⁸ of them. Nothing is changed.
 *
 * Throws what `fit` throws of data, INVALID_ARGUMENT without a loss.
 *
 * ```ts
 * const found = await locateNotFinite(trainer, { x, y });
 * if (found) console.log(found.layer, found.operation, found.step, found.row);
 * ```
 */
export async function locateNotFinite(
  trainer: Pick<AnyTrainer, "model">,
  data: Data<Names, Names>,
  options: LocateNotFiniteOptions = {},
): Promise<NotFinite | undefined> {
  const who = "locateNotFinite";
  const { samples } = optionsOf(who, locateNotFiniteTable, options);
  const session = sessionOf(trainer, who) ?? notTrainer(who, trainer);
  checkData(who, data);
  const read = await session.read(session.dataset(data, who));
  const { locate } = await import("./locate.ts");
  return locate({ session, data: read, rows: { order: undefined, from: 0, count: Math.min(samples, read.samples) } });
}

function notTrainer(who: string, trainer: unknown): never {
  throw refused(who, "trainer", trainer, "what model.compile resolves to");
}
