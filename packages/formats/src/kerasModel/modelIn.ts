// A model of Keras as a model of @sluice/nn: its layers made, called on each other as the file says, and where the variables of each stand.
import { SluiceError } from "@sluice/core";
import * as nn from "@sluice/nn";
import type { AnyLayer, Model, Symbolic } from "@sluice/nn";
import { flatten, isNothing, isPlain, isPlainGiven, keyOf, referencesIn, shapeOf, useIn, valuesFor } from "./arguments.ts";
import { callIn } from "./calls.ts";
import { chained, counted } from "./graphEnds.ts";
import { field, type Json, type JsonRecord } from "./json.ts";
import { layerIn } from "./layerIn.ts";
import { type Entry, locatedIn, type ModelIn, outputMasks, type OutputMask } from "./located.ts";
import { maskEnds } from "./maskEnds.ts";
import { Names } from "../naming/names.ts";
import { nameHere } from "./names.ts";
import { isMaskOperation, isNoLayer, operationIn } from "./operations.ts";
import { said } from "./problems.ts";
import type { Reading } from "./reading.ts";
import { type Argument, type Ends, isModel, type LayerConfig, type Reference, type Topology, topologyOf, type Use } from "./topology.ts";
import { type Given, maskOperations, type MaskOf, masksIn, unmasked, type Value } from "./values.ts";

/** A model where it stands. */
interface Site {
  readonly path: string;
  /** Which of its inputs have masks, and whether what stands at steps that do not count is what Keras has there. */
  readonly masks: readonly InputMask[];
  readonly reading: Reading;
}

type InputMask = "same" | "other" | undefined;

/** Undefined where there are problems, which `reading` then knows; throws FILE_CORRUPT for what is no model of Keras. */
export function modelIn(json: Json, reading: Reading): ModelIn | undefined {
  return new Building(topologyOf(json, reading.who), { path: "", masks: [], reading }).model();
}

/** A use of a layer that waits for so many others. */
interface Pending {
  readonly entry: Entry;
  readonly use: Use;
  readonly number: number;
  left: number;
}

class Building {
  readonly #topology: Topology;
  readonly #site: Site;
  readonly #names = new Names();
  readonly #entries = new Map<string, Entry>();
  /** What was given, by "layer/use/output". */
  readonly #values = new Map<string, Value>();
  /** Likewise, of what is a mask alone. */
  readonly #masks = new Map<string, MaskOf>();
  readonly #inputs = new Map<string, Symbolic>();
  readonly #samples = new Map<string, readonly (number | null)[]>();

  constructor(topology: Topology, site: Site) {
    this.#topology = topology.kind === "functional" ? counted(topology, site.reading.era) : chained(topology, site.reading.who);
    this.#site = site;
  }

  model(): ModelIn | undefined {
    const { reading } = this.#site,
      { ends, name } = this.#topology;
    if (ends === undefined) throw this.#corrupt("it has no ends");
    for (const config of this.#topology.layers) this.#add(config);
    this.#makeInputs(ends.inputs);
    this.#run();
    const outputs = this.#ends(ends.outputs, (reference) => this.#values.get(keyOf(reference))?.symbol);
    const isWhole = [...this.#entries.values()].every((entry) => entry.mapped !== undefined || isNoLayer(entry.config));
    if (outputs === undefined || !isWhole) {
      for (const reference of ends.outputs.kind === "one" ? [ends.outputs.value] : ends.outputs.values.values())
        if (this.#masks.has(keyOf(reference)))
          reading.problems.add(this.#path(reference.layer), "is a mask that the model gives", "leave it out of the outputs");
      return undefined;
    }
    const inputs = ends.inputs.kind === "one" ? (this.#inputs.values().next().value as Symbolic) : Object.fromEntries(this.#inputs); // there is one
    try {
      const model = nn.model({ inputs, outputs, name }) as unknown as Model<string | null, string | null>; // of these ends
      return { model, located: locatedIn(model, [...this.#entries.values()]), samples: this.#samples, masks: this.#masksOf(ends) };
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      reading.problems.add(
        this.#site.path === "" ? name : this.#site.path,
        said(error),
        error.fix ?? "change it in Keras and save it again",
      );
      return undefined;
    }
  }

  #path(name: string): string {
    return this.#site.path === "" ? name : `${this.#site.path}/${name}`;
  }

  #add(config: LayerConfig): void {
    if (this.#entries.has(config.name)) throw this.#corrupt(`two layers are named "${config.name}"`);
    const entry: Entry = { config, name: this.#names.take(nameHere(config.name)), mapped: undefined, nested: undefined, isUsed: false };
    this.#entries.set(config.name, entry);
    if (config.className === "InputLayer") this.#checkInput(config);
    else if (isMaskOperation(config)) return;
    else if (isModel(config.className)) this.#nest(entry, []);
    else
      entry.mapped =
        operationIn(config, entry.name) ??
        layerIn(
          config,
          { name: entry.name, path: this.#path(config.name), options: this.#asked(config), nested: (inner) => this.#inside(entry, inner) },
          this.#site.reading,
        );
  }

  /** The model within; its name here is that of the layer. */
  #nest(entry: Entry, masks: readonly InputMask[]): void {
    const { config, name } = entry;
    const nested = new Building(
      { ...topologyOf({ class_name: config.className, config: config.config }, this.#site.reading.who), name },
      { ...this.#site, path: this.#path(config.name), masks },
    ).model();
    entry.nested = nested;
    entry.mapped = nested && { layer: nested.model as unknown as AnyLayer, rule: { call: "single", masks: "moves" } }; // a model is called as a layer is
  }

  /** That of a TimeDistributed. */
  #inside(entry: Entry, config: LayerConfig): AnyLayer | undefined {
    const topology = topologyOf({ class_name: config.className, config: config.config }, this.#site.reading.who);
    entry.nested = new Building(topology, { ...this.#site, path: `${this.#path(entry.config.name)}/${config.name}`, masks: [] }).model();
    return entry.nested?.model as unknown as AnyLayer | undefined; // likewise
  }

  /** What its uses ask for that is an option here. */
  #asked({ uses, className, name }: LayerConfig): JsonRecord {
    const causal = uses.map(({ kwargs }) => isPlain(kwargs.get("use_causal_mask"), true));
    if (!causal.includes(true)) return {};
    if (causal.includes(false))
      this.#site.reading.problems.add(
        this.#path(name),
        `(${className}) is called with use_causal_mask and without`,
        "make two layers of it",
      );
    return { causal: "start" };
  }

  #checkInput({ name, config }: LayerConfig): void {
    for (const option of ["sparse", "ragged"])
      if (field(config, option) === true) this.#site.reading.problems.add(this.#path(name), `(InputLayer) is ${option}`, "make it dense");
  }

  #makeInputs(ends: Ends): void {
    const each: (readonly [string, Reference])[] = ends.kind === "one" ? [["x", ends.value]] : [...ends.values];
    each.forEach(([given, reference], i) => {
      const entry = this.#entries.get(reference.layer);
      if (entry?.config.className !== "InputLayer") throw this.#corrupt(`its input "${reference.layer}" is no InputLayer`);
      const shape = shapeOf(entry.config),
        end = ends.kind === "one" ? given : nameHere(given);
      if (shape === undefined) throw this.#corrupt(`its input "${reference.layer}" has no shape`);
      const known = shape.filter((size) => size !== null);
      const symbol = nn.input({
        ...(known.length === shape.length && { shape: known }),
        ...(this.#isIndices(entry.config.name) ? { dtype: "i32" } : { dtype: "float" }),
      });
      if (this.#inputs.has(end)) throw this.#corrupt(`two inputs are named "${end}"`);
      this.#inputs.set(end, symbol);
      this.#samples.set(end, shape);
      const mask = this.#site.masks[i];
      const key = keyOf(reference);
      this.#values.set(
        key,
        mask === undefined ? { ...unmasked(symbol), key } : { key, symbol, mask: `input(${i})`, isSame: mask === "same" },
      );
    });
  }

  /** Whether a layer reads them that looks them up in a table. */
  #isIndices(input: string): boolean {
    return [...this.#entries.values()].some(({ config, mapped, nested }) =>
      config.uses.some(({ args }) =>
        flatten(args).some(([reference, at]) => {
          if (reference.layer !== input || mapped === undefined) return false;
          const indices = nested === undefined || config.className === "TimeDistributed" ? mapped.layer.indices : nested.model.indices;
          if (typeof indices !== "object") return indices !== undefined;
          return (typeof at === "string" ? indices[at] : Object.values(indices)[at]) !== undefined;
        }),
      ),
    );
  }

  /** Every use once what it reads is there. */
  #run(): void {
    const waiting = new Map<string, Pending[]>(),
      ready: Pending[] = [];
    for (const entry of this.#entries.values()) {
      entry.config.uses.forEach((use, number) => {
        const reads = new Set(
            [...use.args, ...use.kwargs.values()]
              .flatMap(referencesIn)
              .map(keyOf)
              .filter((key) => !this.#values.has(key))
              .map(useIn),
          ),
          pending: Pending = { entry, use, number, left: reads.size };
        for (const key of reads) waiting.set(key, [...(waiting.get(key) ?? []), pending]);
        if (pending.left === 0) ready.push(pending);
      });
    }
    let isWhole = true,
      done = 0;
    for (; done < ready.length; done++) {
      const pending = ready[done]!; // there, as `done` is below
      if (!this.#runOne(pending)) {
        isWhole = false;
        continue;
      }
      for (const next of waiting.get(useIn(keyOf({ layer: pending.entry.config.name, use: pending.number, output: 0 }))) ?? []) {
        next.left--;
        if (next.left === 0) ready.push(next);
      }
    }
    const all = [...this.#entries.values()],
      stuck = [...waiting.values()].flat().find(({ left }) => left > 0);
    if (stuck !== undefined && isWhole && all.every(({ mapped, config }) => mapped !== undefined || isNoLayer(config)))
      throw this.#corrupt(`the layer "${stuck.entry.config.name}" reads what nothing gives`);
  }

  /** Whether it gave something. */
  #runOne({ entry, use, number }: Pending): boolean {
    if (isMaskOperation(entry.config)) return this.#mask(entry, use, number);
    const given = use.args.map((one) => this.#given(one)),
      named = [...use.kwargs].map(([name, one]) => [name, this.#given(one)] as const);
    if (given.includes(undefined) || named.some(([, one]) => one === undefined)) {
      if (entry.mapped !== undefined) throw this.#corrupt(`the layer "${entry.config.name}" reads an output that there is not`);
      return false;
    }
    const outputs = this.#use(entry, given as Given[], new Map(named as (readonly [string, Given])[])); // as was just seen
    outputs?.forEach((value, output) => {
      const key = keyOf({ layer: entry.config.name, use: number, output });
      this.#values.set(key, { ...value, key });
    });
    return outputs !== undefined;
  }

  /** Undefined while something of it is not there. */
  #given(argument: Argument): Given | undefined {
    if ("plain" in argument) return argument;
    if ("tensor" in argument) {
      const key = keyOf(argument.tensor),
        value = this.#values.get(key),
        mask = this.#masks.get(key);
      return mask === undefined ? value && { value } : { mask };
    }
    if ("list" in argument) {
      const list = argument.list.map((one) => this.#given(one));
      return list.includes(undefined) ? undefined : { list: list as Given[] }; // as was just seen
    }
    const record = [...argument.record].map(([name, one]) => [name, this.#given(one)] as const);
    return record.some(([, one]) => one === undefined) ? undefined : { record: new Map(record as (readonly [string, Given])[]) }; // likewise
  }

  /** Whether what it reads is there. */
  #mask({ config }: Entry, { args }: Use, number: number): boolean {
    const named = (one: Argument): readonly string[] => {
      if ("plain" in one) return [JSON.stringify(one.plain)];
      if ("list" in one) return one.list.flatMap(named);
      const key = "tensor" in one ? keyOf(one.tensor) : "";
      return [this.#masks.get(key) ?? key];
    };
    const of = args.flatMap(named);
    this.#masks.set(keyOf({ layer: config.name, use: number, output: 0 }), maskOperations[config.className]!(of)); // there is one, as `isMaskOperation` says
    return true;
  }

  #use(entry: Entry, args: readonly Given[], all: ReadonlyMap<string, Given>): readonly Value[] | undefined {
    const kwargs = new Map([...all].filter(([, one]) => !isNothing(one)));
    if (entry.nested !== undefined && entry.config.className !== "TimeDistributed") return this.#useModel(entry, args, kwargs);
    if (entry.mapped === undefined) return undefined;
    const problem = (what: string, fix: string): void =>
      this.#site.reading.problems.add(this.#path(entry.config.name), `(${entry.config.className}) ${what}`, fix);
    const endMask = (value: Value): Value => unmasked(maskEnds({ name: this.#names.take(`${entry.name}_maskEnds`) })(value.symbol));
    return this.#attempt(entry, () => callIn({ mapped: entry.mapped!, args, kwargs, problem, endMask })); // there, as was just seen
  }

  #useModel(entry: Entry, args: readonly Given[], kwargs: ReadonlyMap<string, Given>): readonly Value[] | undefined {
    const values = valuesFor(entry.nested?.model.ends.inputs ?? null, args),
      masks = values.map(({ mask, isSame }): InputMask => (mask === undefined ? undefined : isSame ? "same" : "other"));
    const problem = (what: string, fix: string): void => this.#site.reading.problems.add(this.#path(entry.config.name), what, fix);
    if (masks.some((mask) => mask !== undefined)) {
      if (entry.isUsed) problem("is a model that is called with masks in one place and without in another", "make two of it");
      else this.#nest(entry, masks);
    }
    entry.isUsed = true;
    const isOwnMask = masksIn(kwargs.get("mask")).every((mask, i) => mask === values[i]?.mask);
    for (const name of kwargs.keys())
      if (!(name === "training" && !isPlainGiven(kwargs.get(name), true)) && !(name === "mask" && isOwnMask))
        problem(`is a model that is called with ${name}`, "call it without");
    const { nested } = entry;
    if (nested === undefined) return undefined;
    const { ends } = nested.model;
    return this.#attempt(entry, () => {
      const given = (
        ends.inputs === null ? values[0]?.symbol : Object.fromEntries(ends.inputs.map((name, i) => [name, values[i]?.symbol]))
      ) as never; // by its own names; it checks them
      const output = nested.model(given) as unknown as Symbolic & Readonly<Record<string, Symbolic>>; // one value, or a record
      const symbols = ends.outputs === null ? [output] : ends.outputs.flatMap((name) => output[name] ?? []);
      return symbols.map((symbol, i): Value => {
        const { of, isSame } = nested.masks[i] ?? { of: undefined, isSame: true };
        return {
          symbol,
          mask: of === "own" ? `${this.#path(entry.config.name)}(${i})` : of === undefined ? undefined : values[of]?.mask,
          isSame,
        };
      });
    });
  }

  #attempt<T>(entry: Entry, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      this.#site.reading.problems.add(
        this.#path(entry.config.name),
        `(${entry.config.className}) cannot be called so: ${said(error)}`,
        error.fix ?? "call it otherwise",
      );
      return undefined;
    }
  }

  #ends<T>(ends: Ends, find: (reference: Reference) => T | undefined): T | Readonly<Record<string, T>> | undefined {
    if (ends.kind === "one") return find(ends.value);
    const found = [...ends.values].flatMap(([name, reference]) => {
      const one = find(reference);
      return one === undefined ? [] : [[nameHere(name), one] as const];
    });
    return found.length === ends.values.size ? Object.fromEntries(found) : undefined;
  }

  #masksOf({ inputs, outputs }: NonNullable<Topology["ends"]>): readonly OutputMask[] {
    const all = (ends: Ends): readonly (Value | undefined)[] =>
      (ends.kind === "one" ? [ends.value] : [...ends.values.values()]).map((one) => this.#values.get(keyOf(one)));
    return outputMasks(all(inputs), all(outputs));
  }

  #corrupt(what: string): SluiceError {
    return new SluiceError({
      code: "FILE_CORRUPT",
      who: this.#site.reading.who,
      what: `the model "${this.#topology.name}" of the file is not whole: ${what}`,
      fix: "Save it again",
    });
  }
}
