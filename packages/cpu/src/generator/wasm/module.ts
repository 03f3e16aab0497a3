// A WebAssembly module under construction: one imported memory, globals, functions. Knows no kernel.
import { type Code, bytesOf, signed, sized, text, unsigned, vector } from "./code.ts";
import { type Callable, type Global, type Local, type ValueType, valueTypes } from "./instructions.ts";

/** What a function is written with. */
export interface FunctionScope<P extends readonly ValueType[] = readonly ValueType[]> {
  readonly params: { readonly [K in keyof P]: Local };
  /** A new local variable, zero at the start of a call. */
  local(type: ValueType): Local;
}

export interface Module {
  /** A mutable i32. Starts at 0. */
  global(): Global;
  /** `body` gives the code of the function; its result, if any, is left on the stack. */
  function<const P extends readonly ValueType[]>(
    options: { readonly params: P; readonly result?: ValueType },
    body: (scope: FunctionScope<P>) => Code,
  ): Callable;
  /** The function of that name: made by `make` when it is first asked for. */
  once(name: string, make: () => Callable): Callable;
  export(name: string, callee: Callable): void;
  encode(): Uint8Array<ArrayBuffer>;
}

/** A module that imports `env.memory`, of any size, or shared with a maximum in pages of 64 KiB. */
export function createModule(memory: { readonly shared?: number } = {}): Module {
  const types: string[] = [];
  const signatures: Code[] = [];
  const functions: { readonly type: number; body?: Code }[] = [];
  const exports: Code[] = [];
  const known = new Map<string, Callable>();
  let globals = 0;

  const typeOf = (params: readonly ValueType[], result: ValueType | undefined): number => {
    const key = `${params.join()}→${result ?? ""}`;
    const at = types.indexOf(key);
    if (at >= 0) return at;
    signatures.push([0x60, vector(params.map((p) => valueTypes[p])), vector(result === undefined ? [] : [valueTypes[result]])]);
    return types.push(key) - 1;
  };
  const section = (id: number, content: Code): Code => [id, sized(content)];

  return {
    global: () => ({ index: globals++ }),
    function({ params, result }, body) {
      const made: { readonly type: number; body?: Code } = { type: typeOf(params, result) };
      const index = functions.push(made) - 1;
      const locals: ValueType[] = [];
      const local = (type: ValueType): Local => ({ index: params.length + locals.push(type) - 1, type });
      const scope = { params: params.map((type, at) => ({ index: at, type })), local };
      const code = body(scope as unknown as FunctionScope<typeof params>); // one local per param
      made.body = bytesOf(sized([vector(runs(locals)), code, 0x0b]));
      return { index };
    },
    once(name, make) {
      const found = known.get(name) ?? make();
      known.set(name, found);
      return found;
    },
    export: (name, { index }) => void exports.push([text(name), 0x00, unsigned(index)]),
    encode() {
      const limits = memory.shared === undefined ? [0x00, 0x00] : [0x03, 0x00, unsigned(memory.shared)];
      return Uint8Array.from(
        bytesOf([
          [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
          section(1, vector(signatures)),
          section(2, vector([[text("env"), text("memory"), 0x02, limits]])),
          section(3, vector(functions.map(({ type }) => unsigned(type)))),
          section(6, vector(Array.from({ length: globals }, () => [valueTypes.i32, 0x01, 0x41, signed(0), 0x0b]))),
          section(7, vector(exports)),
          section(10, vector(functions.map(({ body }) => body!))),
        ]),
      );
    },
  };
}

/** Locals as runs of one type. */
function runs(locals: readonly ValueType[]): Code[] {
  const found: { readonly type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = found.at(-1);
    if (last?.type === type) last.count++;
    else found.push({ type, count: 1 });
  }
  return found.map(({ type, count }) => [unsigned(count), valueTypes[type]]);
}
