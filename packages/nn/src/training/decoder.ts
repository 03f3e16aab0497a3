// A trained model as a step of `generate` and `beamSearch`: a function of tokens and state, for as many rows as there are.
import { compile, disposeAll, leavesOf, NDArray, SluiceError } from "@sluice/core";
import type { Bound, Compiled, HostArray, Tensor, Tree } from "@sluice/core";
import { check, refused, type Rule } from "@sluice/core/arguments";
import type { DecodingStep } from "../decoding/step.ts";
import { entryOf } from "../host/entryOf.ts";
import { disposeEach, type Held } from "../learner/bind.ts";
import type { Flat } from "../learner/update.ts";
import type { Fixed } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { single, type Names } from "../model/names.ts";
import { isRecord } from "../options/table.ts";
import type { Decoder, DecoderOptions, DecoderState } from "../model/streams.ts";
import { unpack } from "../weights/layout.ts";
import { masksOf } from "./batchInputs.ts";
import { disposed, type Session } from "./session.ts";
import { stepping, type Stepping } from "./stepping.ts";

const who = "trainer.decoder";
const anyState: Rule<DecoderState> = {
  expected: "the state of the decoder, or of a step of it",
  accepts: (value): value is DecoderState =>
    isRecord(value) &&
    isRecord(value["layers"]) &&
    isRecord(value["fixed"]) &&
    isRecord(value["fixed"]["values"]) &&
    isRecord(value["fixed"]["masks"]),
};

/** See `Trainer.decoder`. */
export async function createDecoder(
  session: Session,
  { rows, scores, alignment, ...options }: DecoderOptions<Names, Names>,
): Promise<Decoder> {
  const ends: Ends = {
    scores: outputOf(session, "scores", scores),
    alignment: alignment === undefined ? undefined : outputOf(session, "alignment", alignment),
  };
  const made = await stepping(session, options, { who, batch: rows });
  const held: Held[] = [made.others];
  try {
    checkTokens(made);
    checkScores(made, ends.scores);
    const { begin, next } = functionsOf(session, made, ends);
    held.push(begin, next);
    const { flat } = session.variables(who);
    const { x, lengths } = made.others.arrays;
    const state = (await begin(flat, x, lengths)) as DecoderState; // as it is traced
    held.push({ dispose: () => disposeAll(state) });
    const step: DecodingStep<DecoderState> = async (tokens, { layers, fixed }) => {
      checkRows(tokens, { layers, fixed });
      const { state: after, ...result } = (await next(flat, tokens, layers as Named<Tree<never>>, fixed)) as Bound<Decoded>; // as the layers gave them
      return { ...result, state: { layers: after as DecoderState["layers"], fixed } }; // likewise
    };
    return owned(session, { step, state }, held);
  } catch (error) {
    disposeEach(held);
    throw error;
  }
}

interface Ends {
  readonly scores: string;
  readonly alignment: string | undefined;
}

interface Decoded {
  readonly scores: Tensor;
  readonly alignment?: Tensor;
  readonly state: Named<Tree<Tensor>>;
}

interface Begun {
  readonly layers: Named<Tree<Tensor>>;
  readonly fixed: Fixed<Tensor>;
}

type Begin = Compiled<[Flat<Tensor>, Named<Tensor>, Named<Tensor>], Begun>;
type Next = Compiled<[Flat<Tensor>, Tensor, Named<Tree<Tensor>>, Fixed<Tensor>], Decoded>;

function functionsOf(session: Session, { form, batch }: Stepping, ends: Ends): { readonly begin: Begin; readonly next: Next } {
  const { backend, dtype, model } = session;
  const { layout } = session.variables(who);
  const weightsOf = ({ params, frozen }: Flat<Tensor>): ReturnType<typeof unpack> => unpack(layout, params, frozen);
  const begin = (given: Flat<Tensor>, x: Named<Tensor>, lengths: Named<Tensor>): Begun => {
    const fixed = form.before(weightsOf(given), x, masksOf(lengths, x, dtype));
    return { layers: form.start(weightsOf(given), { batch, dtype, fixed }), fixed };
  };
  const next = (given: Flat<Tensor>, tokens: Tensor, layers: Named<Tree<Tensor>>, fixed: Fixed<Tensor>): Decoded => {
    const { outputs, logits, state } = form.step(weightsOf(given), tokens.squeeze(1), { state: layers, fixed });
    const aligned = ends.alignment === undefined ? {} : { alignment: entryOf(outputs, ends.alignment) };
    return { scores: entryOf(logits, ends.scores), state, ...aligned };
  };
  return {
    begin: compile(backend, begin, { name: `${model.name}.begin` }),
    next: compile(backend, next, { name: `${model.name}.decode` }),
  };
}

/** The one that is named, or the only one. */
function outputOf({ model: { ends } }: Session, option: "scores" | "alignment", name: string | undefined): string {
  const { outputs } = ends;
  if (outputs === null) return name === undefined ? single.outputs : wrongOutput(option, name, []);
  const [only, another] = outputs;
  if (name === undefined && only !== undefined && another === undefined) return only;
  return name !== undefined && outputs.includes(name) ? name : wrongOutput(option, name, outputs);
}

function wrongOutput(option: string, name: unknown, outputs: readonly string[]): never {
  throw refused(who, option, name, outputs.length === 0 ? "left out: the output has no name" : `one of ${outputs.join(", ")}`, outputs);
}

/** Throws DTYPE_MISMATCH for a model that reads no tokens. */
function checkTokens({ over, row }: Stepping): void {
  if (row.dtype === "i32" && row.shape.length === 0) return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `a decoder reads tokens, one a step; ${over} is of ${row.dtype === "i32" ? `indices [${row.axes.join(", ")}]` : "numbers"}`,
    fix: "Use trainer.stream for such a model",
  });
}

/** Throws SHAPE_MISMATCH for tokens of other rows than the state: what is known of one sequence is not another's. */
function checkRows({ shape: [rows] }: HostArray, state: DecoderState): void {
  const arrays = leavesOf(state, (value) => value instanceof NDArray) as [string, NDArray][]; // as it was made
  const other = arrays.find(([, { shape }]) => shape[0] !== rows)?.[1];
  if (other === undefined) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the decoder's state is of ${other.shape[0]} sequences, and ${rows} are to be written`,
    fix: "Give as many prompts as its inputs have rows, or as rows says: trainer.decoder({ rows })",
    facts: { rows, state: other.shape[0] },
  });
}

/** Throws INVALID_ARGUMENT for an output that ends with what is no softmax. */
function checkScores({ built }: Stepping, scores: string): void {
  const { activation } = entryOf(built.outputs, scores);
  if (activation === "softmax" || activation === "linear") return;
  const what = `scores are logits or probabilities of the next token, and the output ends with ${activation}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "End with softmax, or name another output" });
}

function owned(session: Session, made: Pick<Decoder, "step" | "state">, held: readonly Held[]): Decoder {
  let isDisposed = false;
  const decoder: Decoder = {
    state: made.state,
    async step(tokens, state) {
      if (isDisposed) throw disposed(session.model, `${who}.step`);
      check<unknown>(`${who}.step`, "state", state, anyState);
      return made.step(tokens, state);
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      session.disown(decoder);
      disposeEach(held);
    },
    [Symbol.dispose]() {
      decoder.dispose();
    },
  };
  return session.own(decoder);
}
