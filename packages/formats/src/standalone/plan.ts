// Decides where everything of a model lies, and writes it down as the runtime reads it.
import { SluiceError } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import type { AnyModel, Inference, Place as ArrayPlace, StreamPrograms } from "@sluice/nn/kit";
import { Image, type Place, Region } from "./layout.ts";
import type { CompiledProgram } from "./programs.ts";
import { sumOf } from "./runtime/bytes.ts";
import type { Plan, Port, PredictPlan, Run, StreamPlan } from "./runtime/plan.ts";

export interface Planning {
  readonly who: string;
  readonly model: AnyModel;
  readonly inference: Inference;
  readonly wasm: Uint8Array;
  readonly predict: CompiledProgram | undefined;
  readonly stream: CompiledStream | undefined;
}

export interface CompiledStream {
  readonly of: StreamPrograms;
  readonly maxSteps: number | undefined;
  readonly before: CompiledProgram | undefined;
  readonly start: CompiledProgram;
  readonly step: CompiledProgram;
}

export interface Planned {
  readonly plan: Plan;
  /** Weights and constants, as memory begins. */
  readonly image: Uint8Array<ArrayBuffer>;
}

/** What 32-bit addresses reach. */
const mostBytes = 2 ** 32;

/** Throws OUT_OF_MEMORY where the model needs more than there are addresses for. */
export function planned({ who, model, inference, wasm, predict, stream }: Planning): Planned {
  const programs = [predict, stream?.before, stream?.start, stream?.step].filter((one) => one !== undefined);
  const memory = new Memory(inference, programs);
  const drafted = { predict: predict && draftPredict(memory, predict), stream: stream && draftStream(memory, stream) };
  const memoryBytes = memory.shared.bytes + memory.scratchBytes;
  const needed = memoryBytes + memory.own.bytes;
  if (needed > mostBytes)
    throw new SluiceError({
      code: "OUT_OF_MEMORY",
      who,
      what: `the model needs ${needed} bytes, 32-bit addresses reach ${mostBytes}`,
      fix: "Export it for a smaller batch, or fewer steps",
      facts: { needed },
    });
  const image = memory.image.encode();
  const writer = new Writer(model, memory);
  const plan: Plan = {
    name: model.name,
    memoryBytes,
    image: { bytes: image.length, sum: sumOf(new Int32Array(image.buffer)) },
    wasm: { bytes: wasm.length, sum: sumOf(wasm) },
    inputs: model.ends.inputs,
    outputs: model.ends.outputs,
    ...(drafted.predict && { predict: writer.predict(drafted.predict, inference) }),
    ...(drafted.stream && stream && { stream: writer.stream(drafted.stream, stream) }),
  };
  return { plan, image };
}

/** All regions, with the weights and constants in their places. */
class Memory {
  readonly image = new Image();
  /** "params" and "frozen". */
  readonly weights: ReadonlyMap<string, Place>;
  /** By Program, the constants by slot. */
  readonly constants = new Map<CompiledProgram, ReadonlyMap<number, Place>>();
  readonly shared: Region;
  readonly own = new Region("own");
  scratchBytes = 0;

  constructor({ weights }: Inference, programs: readonly CompiledProgram[]) {
    this.weights = new Map(Object.entries(weights).map(([name, data]) => [name, this.image.put(data)]));
    for (const one of programs) {
      const placed = one.program.slots.flatMap(({ data }, slot) => (data === undefined ? [] : [[slot, this.image.put(data)] as const]));
      this.constants.set(one, new Map(placed));
    }
    this.shared = new Region("shared", this.image.bytes);
  }
}

/** An array, and where it lies. */
interface Placed extends ArrayPlace {
  readonly place: Place;
}

/** A Program with its arguments and results in their places. */
interface Draft {
  readonly inputs: readonly Placed[];
  readonly results: readonly Placed[];
  readonly table: Place;
  readonly words: readonly Place[];
  /** Whether what each flag stands for stays packed. */
  readonly flags: readonly boolean[];
}

interface StreamDraft {
  readonly before: Draft | undefined;
  readonly start: Draft;
  readonly step: Draft;
}

type Places = (array: ArrayPlace) => Place;

function draftPredict(memory: Memory, program: CompiledProgram): Draft {
  const { shared, weights } = memory;
  const results: Places = (array) => shared.take(bytesOf(array));
  return draft(memory, program, { inputs: (array) => weights.get(array.path) ?? results(array), results, table: shared });
}

function draftStream(memory: Memory, { before, start, step }: CompiledStream): StreamDraft {
  const { own, shared, weights } = memory;
  const first =
    before &&
    draft(memory, before, {
      inputs: (array) => weights.get(array.path) ?? shared.take(bytesOf(array)),
      results: (array) => own.take(bytesOf(array)),
      table: own,
    });
  const kept = new Map((first?.results ?? []).map(({ path, place }) => [`fixed.${path}`, place]));
  const known: Places = (array) => {
    const place = weights.get(array.path) ?? kept.get(array.path) ?? (array.path === "x" ? shared : own).take(bytesOf(array));
    kept.set(array.path, place);
    return place;
  };
  return {
    before: first,
    start: draft(memory, start, { inputs: known, results: known, table: own }),
    step: draft(memory, step, { inputs: known, results: (array) => shared.take(bytesOf(array)), table: own }),
  };
}

interface Drafting {
  readonly inputs: Places;
  readonly results: Places;
  readonly table: Region;
}

/** As `run` of the module takes it: the addresses of slots, of panels and of room to work in, then a flag for each of the panels. */
function draft(memory: Memory, one: CompiledProgram, { inputs, results, table }: Drafting): Draft {
  const { traced, program, linked } = one;
  const scratch = new Region("scratch");
  const placed = {
    inputs: traced.inputs.map((array) => ({ ...array, place: inputs(array) })),
    results: traced.results.map((array) => ({ ...array, place: results(array) })),
  };
  const bound = [...placed.inputs, ...placed.results];
  const slots = program.slots.map(({ binding, length }, slot) =>
    binding === undefined ? (memory.constants.get(one)?.get(slot) ?? scratch.take(4 * length)) : entryAt(bound, binding).place,
  );
  /** Where panels stay that hold what does not change between runs; the others are packed anew for each. */
  const staying = (slot: number): Region | undefined => {
    const { path } = entryAt(bound, entryAt(program.slots, slot).binding ?? -1); // panels are kept of what is bound
    if (memory.weights.has(path)) return memory.shared;
    return path.startsWith("fixed.") ? memory.own : undefined;
  };
  const panels = linked.panels.map(({ bytes, cachedSlot }) => {
    const region = cachedSlot === undefined ? undefined : staying(cachedSlot);
    return { place: (region ?? scratch).take(bytes), stays: region !== undefined };
  });
  const words = [...slots, ...panels.map(({ place }) => place), scratch.take(linked.workspaceBytes)];
  memory.scratchBytes = Math.max(memory.scratchBytes, scratch.bytes);
  return { ...placed, words, flags: panels.map(({ stays }) => stays), table: table.take(4 * (words.length + panels.length)) };
}

/** Drafts as the runtime reads them: addresses, and ports by name. */
class Writer {
  readonly #model: AnyModel;
  /** Scratch comes after what is shared. */
  readonly #scratch: number;
  readonly #own: number;

  constructor(model: AnyModel, { shared, own }: Memory) {
    this.#model = model;
    this.#scratch = shared.bytes;
    this.#own = own.bytes;
  }

  predict(draft: Draft, { built }: Inference): PredictPlan {
    const axesOf = (name: string): readonly string[] => ["samples", ...(built.outputs[name]?.spec.axes ?? [])];
    return {
      run: this.#run(draft),
      inputs: this.#inputs(draft),
      outputs: draft.results.map((array) => ({ ...this.#port(array, array.path), axes: axesOf(array.path) })),
      state: under("state", draft).map(([name, array]) => this.#port(array, name)),
    };
  }

  stream({ before, start, step }: StreamDraft, { of, maxSteps }: CompiledStream): StreamPlan {
    const x = entryAt(
      step.inputs,
      step.inputs.findIndex(({ path }) => path === "x"),
    );
    return {
      bytes: this.#own,
      ...(maxSteps !== undefined && { maxSteps }),
      x: { ...this.#port(x, of.over), axes: ["batch", ...of.row.axes], ...this.#indices(of.over, x) },
      others: before === undefined ? [] : this.#inputs(before),
      outputs: step.results.map((array) => this.#port(array, array.path)),
      state: under("state", step).map(([name, array]) => this.#port(array, name)),
      ...(before && { before: this.#run(before) }),
      start: this.#run(start),
      step: this.#run(step),
    };
  }

  #inputs(draft: Draft): readonly Port[] {
    const lengths = new Map(under("lengths", draft));
    return under("x", draft).map(([name, array]) => {
      const counted = lengths.get(name);
      return { ...this.#port(array, name), ...this.#indices(name, array), ...(counted && { lengthsAt: this.#at(counted.place) }) };
    });
  }

  #indices(name: string, { dtype }: Placed): { readonly indices?: number } {
    const indices = this.#model.indices[name];
    return dtype === "i32" && indices !== undefined ? { indices } : {};
  }

  #port({ place, dtype, shape, axes }: Placed, name: string): Port {
    if (dtype === "f64") throw new SluiceError({ code: "INTERNAL", who: "internal: standalone", what: `${name} is f64` }); // refused before
    const [rows = 1, ...row] = shape;
    return { name, at: this.#at(place), dtype, rows, row, ...(axes !== undefined && { axes }) };
  }

  #run({ table, words, flags }: Draft): Run {
    return {
      at: this.#at(table),
      table: [...words.map((place) => this.#at(place)), ...flags.map(() => 1)],
      own: words.flatMap(({ region }, word) => (region === "own" ? [word] : [])),
      once: flags.flatMap((stays, i) => (stays ? [words.length + i] : [])),
    };
  }

  #at({ region, at }: Place): number {
    return region === "scratch" ? this.#scratch + at : at;
  }
}

/** The arguments below a part: "state.lstm.h" as "lstm.h". */
function under(part: string, { inputs }: Draft): readonly (readonly [name: string, array: Placed])[] {
  return inputs.flatMap((array) => (array.path.startsWith(`${part}.`) ? [[array.path.slice(part.length + 1), array] as const] : []));
}

/** One that is there. */
function entryAt<T>(list: readonly T[], at: number): T {
  const found = list[at];
  if (found === undefined)
    throw new SluiceError({ code: "INTERNAL", who: "internal: standalone", what: `there is no ${at} of ${list.length}` });
  return found;
}

function bytesOf({ shape }: ArrayPlace): number {
  return 4 * sizeOf(shape);
}
