// What a standalone file knows of its model, as data: where everything lies in memory, in bytes, and what its verbs take and give. Types alone.

export interface Plan {
  readonly name: string;
  /** Of all but the streams. */
  readonly memoryBytes: number;
  /** Weights and constants, with which memory begins. */
  readonly image: { readonly bytes: number; readonly sum: number };
  /** The WebAssembly that goes with it. */
  readonly wasm: { readonly bytes: number; readonly sum: number };
  /** Names of the model's ends; null for one without a name. */
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
  readonly predict?: PredictPlan;
  readonly stream?: StreamPlan;
}

/** A call of the module. */
export interface Run {
  /** Where its table lies: of a stream's, from the stream's own block. */
  readonly at: number;
  readonly table: readonly number[];
  /** Words of it that are addresses in a stream's own block. */
  readonly own: readonly number[];
  /** Words that are 1 in the first run and 0 after it: what stays packed. */
  readonly once: readonly number[];
}

/** Numbers that go in or come out. */
export interface Port {
  readonly name: string;
  readonly at: number;
  readonly dtype: "f32" | "i32";
  /** How many there is room for. */
  readonly rows: number;
  /** Of each. */
  readonly row: readonly number[];
  /** With that of the rows first. */
  readonly axes?: readonly (string | undefined)[];
  /** One more than the largest index. */
  readonly indices?: number;
  /** Where its lengths go, where not all of its steps need count. */
  readonly lengthsAt?: number;
}

export interface PredictPlan {
  readonly run: Run;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What a stateful model begins a batch with: zeros. */
  readonly state: readonly Port[];
}

export interface StreamPlan {
  /** Of one stream's block. */
  readonly bytes: number;
  readonly maxSteps?: number;
  readonly x: Port;
  /** Inputs that are known as a whole. */
  readonly others: readonly Port[];
  readonly outputs: readonly Port[];
  /** In the stream's block. */
  readonly state: readonly Port[];
  readonly before?: Run;
  readonly start: Run;
  readonly step: Run;
}
