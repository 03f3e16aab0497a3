// A trained model that reads sequences step by step, bound once: a step writes its numbers, runs one Program and reads what it gives.
import { allOrNothing, SluiceError, type HostArray, type NDArray, type TypedArray } from "@sluice/core";
import { check, count, refused } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import { placeFor, readElements, type Asked } from "../host/elements.ts";
import { hostNumbers, type Numbers } from "../host/hostNumbers.ts";
import { typedArray } from "../host/typedArray.ts";
import type { Named } from "../model/graph.ts";
import { asGiven, single, type ByName, type Names } from "../model/names.ts";
import type { Stream, StreamOptions, StreamState } from "../model/streams.ts";
import { isRecord } from "../options/table.ts";
import { bindSteps, type BoundSteps } from "./boundSteps.ts";
import { disposed, type Session } from "./session.ts";
import { stepping, type Stepping } from "./stepping.ts";

const who = "trainer.stream";

/** See `Trainer.stream`. */
export async function createStream(session: Session, { batch, ...options }: StreamOptions<Names>): Promise<Stream<Names>> {
  const made = await stepping(session, options, { who, batch });
  const bound = await bindSteps(who, session, made);
  const stream = new ModelStream(session, made, bound, options.maxSteps);
  return allOrNothing((keep) => {
    keep(session.own(stream)).reset();
    return stream;
  });
}

class ModelStream implements Stream<Names> {
  readonly #session: Session;
  readonly #bound: BoundSteps;
  readonly #asked: Asked;
  readonly #maxSteps: number;
  /** [batch, …row], which the next step is written from. */
  readonly #staging: TypedArray;
  readonly #shape: readonly number[];
  #steps = 0;
  #isDisposed = false;

  constructor(session: Session, { over, row, batch }: Stepping, bound: BoundSteps, maxSteps = Infinity) {
    const { dtype, model } = session;
    this.#session = session;
    this.#bound = bound;
    const indices = model.indices[over];
    this.#asked = {
      wanted: { dtype: row.dtype, ...(indices !== undefined && { range: [0, indices - 1] as const }) },
      dtype,
      who: `${who}.step`,
      name: "x",
    };
    this.#maxSteps = maxSteps;
    this.#shape = [batch, ...row.shape];
    this.#staging = typedArray(bound.x.dtype, bound.x.size);
  }

  get steps(): number {
    return this.#steps;
  }

  async step(x: Numbers): Promise<ByName<Names, HostArray>> {
    this.#check("step");
    if (this.#steps >= this.#maxSteps) throw tooLong(this.#maxSteps);
    this.#read(x);
    this.#bound.x.write(this.#staging);
    this.#bound.step.run();
    this.#steps++;
    const { outputs } = this.#session.model.ends;
    if (outputs === null) return this.#output(single.outputs);
    const each = await Promise.all(outputs.map((name) => this.#output(name)));
    return asGiven<HostArray>(Object.fromEntries(outputs.map((name, i) => [name, each[i]!])), outputs, single.outputs); // one for each
  }

  async #output(name: string): Promise<HostArray> {
    const array = entryOf(this.#bound.step.outputs, name);
    const { dtype, shape, axes } = array;
    return { dtype, shape, data: await array.read(), ...(axes !== undefined && { axes }) };
  }

  /** Into the staging. */
  #read(x: Numbers): void {
    const staging = this.#staging;
    const numbers = hostNumbers(x, this.#asked.who, "x");
    if (numbers.data.length !== staging.length || !fits(numbers.shape, this.#shape)) throw misfit(numbers.shape, this.#shape);
    if (placeFor(numbers.data, this.#asked) === numbers.data) staging.set(numbers.data as TypedArray);
    readElements(numbers, staging, 0, staging.length, this.#asked);
  }

  reset(): void {
    this.#check("reset");
    this.#bound.before.run();
    this.#bound.start.run();
    this.#steps = 0;
  }

  async state(): Promise<StreamState> {
    this.#check("state");
    const { steps } = this;
    const read = Object.entries(this.#bound.state).map(async ([path, array]) => {
      const { dtype, shape } = array;
      return [path, { dtype, shape, data: await array.read() }] as const;
    });
    return { steps, arrays: Object.fromEntries(await Promise.all(read)) };
  }

  setState(state: StreamState): void {
    this.#check("setState");
    const { steps, arrays } = checkedState(state, this.#bound.state);
    for (const [path, { data }] of Object.entries(arrays)) entryOf(this.#bound.state, path).write(data);
    this.#steps = steps;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#session.disown(this);
    this.#bound.step.dispose(); // which holds the rest
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #check(verb: string): void {
    if (this.#isDisposed) throw disposed(this.#session.model, `${who}.${verb}`);
  }
}

/** [batch, …], or of one sequence that row alone. */
function fits(given: readonly number[], wanted: readonly number[]): boolean {
  return given.join() === wanted.join() || (wanted[0] === 1 && given.join() === wanted.slice(1).join());
}

function checkedState(state: unknown, own: Named<NDArray>): StreamState {
  const asking = `${who}.setState`;
  if (!isRecord(state) || !isRecord(state["arrays"])) throw refused(asking, "state", state, "what state() gave");
  const { steps, arrays } = state as unknown as StreamState; // whose parts are checked here
  check(asking, "steps", steps, count);
  const unknown = Object.keys(arrays).find((path) => !Object.hasOwn(own, path));
  if (unknown !== undefined) throw refused(asking, "state", unknown, `of ${Object.keys(own).join(", ") || "no layers"}`, Object.keys(own));
  const checked = Object.entries(own).map(([path, { dtype, shape }]) => {
    const given = arrays[path];
    if (given === undefined) throw refused(asking, `state ${path}`, undefined, "an array");
    const numbers = hostNumbers(given, asking, `state ${path}`);
    if (numbers.shape.join() !== shape.join()) throw misfit(numbers.shape, shape, path);
    if (numbers.dtype !== dtype) throw wrongType(path, numbers.dtype, dtype);
    return [path, { dtype, shape, data: numbers.data as TypedArray }] as const; // of its dtype
  });
  return { steps, arrays: Object.fromEntries(checked) };
}

function misfit(got: readonly number[], wanted: readonly number[], name = "x"): SluiceError {
  const [batch, ...row] = wanted;
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who: name === "x" ? `${who}.step` : `${who}.setState`,
    what: `${name} must be [${[`batch ${batch}`, ...row].join(", ")}], one step of each sequence, got [${got.join(", ")}]`,
    facts: { expected: wanted, got },
  });
}

function wrongType(path: string, got: string, wanted: string): SluiceError {
  return new SluiceError({
    code: "DTYPE_MISMATCH",
    who: `${who}.setState`,
    what: `${path} must be ${wanted}, got ${got}`,
    fix: "Take what state() gave, of a trainer of the same dtype",
    facts: { expected: wanted, got },
  });
}

function tooLong(maxSteps: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: `${who}.step`,
    what: `the stream has read ${maxSteps} steps, which is all that it has room for`,
    fix: "reset() begins anew; stream({ maxSteps }) makes room for more",
    facts: { maxSteps },
  });
}
