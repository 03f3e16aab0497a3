// Written by runtimeText.test.ts from the files of runtime/, for code.ts.
export const runtimeText = `/** \`using\` disposes by it, also where an engine does not have it yet. */
const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
/** What every verb throws, as the library does: \`code\` is stable, the message is for people. */
export class SluiceError extends Error {
  code;
  who;
  facts;
  constructor(code, who, what, facts = {}, cause) {
    super(\`\${who}: \${what}\`, cause === undefined ? {} : { cause });
    this.name = "SluiceError";
    this.code = code;
    this.who = who;
    this.facts = facts;
  }
}
/** Throws INVALID_ARGUMENT for an option that there is not. */
function checkOptions(who, options, known) {

  if (typeof options !== "object" || options === null)
    throw new SluiceError("INVALID_ARGUMENT", who, "options must be a record");
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new SluiceError("INVALID_ARGUMENT", who, \`there is no option "\${name}". There are \${known.join(", ") || "none"}\`, {
        option: name,
      });
}

/** Base64 into bytes (RFC 4648), by hand: audio worklets and some edge runtimes have no \`atob\`. */
function decodeBase64(text, into) {
  const digits = new Uint8Array(128);
  for (let i = 0; i < 64; i++)
    digits["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i)] = i;
  const digit = (at) => digits[text.charCodeAt(at)] ?? 0;
  for (let i = 0, at = 0; at < into.length; i += 4) {
    const bits = (digit(i) << 18) | (digit(i + 1) << 12) | (digit(i + 2) << 6) | digit(i + 3);
    into[at++] = bits >> 16;
    into[at++] = bits >> 8; // past the end nothing is written
    into[at++] = bits;
  }
}
/** Of all bytes or words, each change of which changes it (Knuth, TAOCP 3, §6.4: multiplicative hashing). */
function sumOf(words) {
  let sum = 0;
  for (let i = 0; i < words.length; i++)
    sum = Math.imul(sum ^ (words[i] ?? 0), 0x9e3779b1);
  return sum;
}
/** Bytes as they are given: in memory, or at an address that \`fetch\` reads. */
async function fetched(name, given) {
  if (ArrayBuffer.isView(given))
    return new Uint8Array(given.buffer, given.byteOffset, given.byteLength); // shared memory is read likewise
  if (given instanceof ArrayBuffer || Object.prototype.toString.call(given) === "[object ArrayBuffer]")
    return new Uint8Array(given);
  const address = typeof given === "string" ? given : given?.href; // of a URL
  if (typeof address !== "string")
    throw new SluiceError("INVALID_ARGUMENT", "open", \`\${name} must be bytes, or the address of them, got \${typeof given}\`);
  let status;
  let cause;
  try {
    const response = await fetch(address);
    if (response.ok)
      return new Uint8Array(await response.arrayBuffer());
    status = \`\${response.status}\`;
  }
  catch (error) {
    cause = error;
    status = error instanceof Error ? error.message : String(error);
  }
  throw new SluiceError("FILE_NOT_FOUND", "open", \`\${name} is not to be had at \${address}: \${status}. Read the file and give its bytes\`, {}, cause);
}

/** Looks at what was given for rows of such a shape: lists, typed arrays (all rows one after the other), or { shape, data }. */
function given(who, name, value, row) {
  if (isTyped(value)) {
    const { length } = value, rows = length / sizeOf(row);
    return { who, name, data: value, shape: row.length === 0 || !Number.isInteger(rows) ? [length] : [rows, ...row] };
  }
  if (typeof value === "object" && value !== null && "data" in value && "shape" in value) {
    const { data, shape } = value;
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0))
      throw new SluiceError("INVALID_ARGUMENT", who, \`the shape of \${name} must be a list of sizes\`);
    const count = isTyped(data) || Array.isArray(data) ? data.length : undefined;
    if (count !== sizeOf(shape))
      throw new SluiceError("SHAPE_MISMATCH", who, \`\${name} \${textOf(shape)} needs \${sizeOf(shape)} elements, its data has \${count ?? "none"}\`);
    return { who, name, data, shape: shape }; // as was just seen
  }
  const shape = [];
  let each = value;
  for (; Array.isArray(each) && shape.length < 32; each = each[0])
    shape.push(each.length);
  if (isTyped(each))
    shape.push(each.length);
  else if (shape.at(-1) !== 0 && typeof each !== "number")
    throw noNumber(who, name, each);
  return { who, name, data: value, shape };
}
/** Throws SHAPE_MISMATCH unless they are \`wanted\`, of the first axis at most so many. */
function checkShape({ who, name, shape }, wanted, axes = [], atMost = false) {
  if (shape.includes(0) && !wanted.includes(0))
    throw new SluiceError("EMPTY_DATA", who, \`\${name} \${textOf(shape)} has no elements\`, { shape });
  const fits = shape.length === wanted.length && shape.every((size, d) => (d === 0 && atMost ? size <= (wanted[d] ?? 0) : size === wanted[d]));
  if (fits)
    return;
  const sizes = wanted.map((size, d) => \`\${axes[d] ?? (d === 0 ? "batch" : "")} \${d === 0 && atMost ? "≤ " : ""}\${size}\`.trim());
  throw new SluiceError("SHAPE_MISMATCH", who, \`\${name} must be [\${sizes.join(", ")}], got \${textOf(shape)}: this file was made for these sizes\`, {
    expected: wanted,
    got: shape,
  });
}
/**
 * Writes the numbers to \`into\`. With \`lengths\` of each row, what stands past them is not looked at.
 *
 * Throws NOT_FINITE, INDEX_OUT_OF_RANGE or DTYPE_MISMATCH by place, SHAPE_MISMATCH for lists of unequal lengths.
 */
function readNumbers(numbers, into, port, lengths) {
  const { who, name, data, shape } = numbers;
  const { dtype, indices = Infinity } = port;
  const [rows = 1, steps = 1] = shape, size = into.length / rows;
  const low = indices === Infinity ? -Infinity : 0;
  const fail = (code, at, value, claim) => {
    const index = indexOf(at, shape);
    return new SluiceError(code, who, \`\${name} \${claim}: \${String(value)} at \${name}\${placeOf(index)}\`, { index, value });
  };
  const put = (value, at) => {
    if (typeof value !== "number")
      throw noNumber(who, name + placeOf(indexOf(at, shape)), value);
    if (lengths !== undefined && at % size >= ((lengths[Math.floor(at / size)] ?? 0) * size) / steps)
      into[at] = 0;
    else {
      into[at] = value;
      if (!Number.isFinite(value) || !Number.isFinite(into[at]))
        throw fail("NOT_FINITE", at, value, \`is not a finite \${dtype}\`);
      if (value < low || value >= indices)
        throw fail("INDEX_OUT_OF_RANGE", at, value, \`is outside 0 … \${indices - 1}\`);
      if (dtype === "i32" && into[at] !== value)
        throw fail("DTYPE_MISMATCH", at, value, "is no 32-bit whole number, an index is wanted");
    }
  };
  const visit = (list, depth, at) => {
    if (depth === shape.length)
      return put(list, at);
    const [length = 0, ...inner] = shape.slice(depth), step = sizeOf(inner), isInnermost = inner.length === 0;
    if (!(Array.isArray(list) || (isTyped(list) && isInnermost)) || list.length !== length) {
      const place = name + placeOf(indexOf(at, shape).slice(0, depth));
      throw new SluiceError("SHAPE_MISMATCH", who, \`nested lists must have equal lengths: expected a list of \${length} at \${place}\`);
    }
    for (let i = 0; i < length; i++)
      if (isInnermost)
        put(list[i], at + i);
      else
        visit(list[i], depth + 1, at + i * step);
  };
  const isFlat = isTyped(data) || (Array.isArray(data) && data.length === into.length && typeof data[0] === "number");
  if (isFlat)
    for (let i = 0; i < into.length; i++)
      put(data[i], i);
  else
    visit(data, 0, 0);
}
function sizeOf(shape) {
  return shape.reduce((size, n) => size * n, 1);
}
function isTyped(value) {
  return ArrayBuffer.isView(value) && "length" in value; // any but a DataView
}
function noNumber(who, place, value) {
  if (typeof value === "bigint")
    return new SluiceError("DTYPE_MISMATCH", who, \`\${place} must be a number, got \${value}n. Convert it with Number(…)\`);
  return new SluiceError("INVALID_ARGUMENT", who, \`\${place} must be numbers, got \${value === null ? "null" : typeof value}\`);
}
function indexOf(at, shape) {
  const index = [];
  shape.reduceRight((rest, size) => (index.unshift(rest % size), Math.floor(rest / size)), at);
  return index;
}
function placeOf(index) {
  return index.map((i) => \`[\${i}]\`).join("");
}
function textOf(shape) {
  return \`[\${shape.join(", ")}]\`;
}

const page = 65536;
/** The module over its memory. Views are made anew when it grows, which only a new stream does. */
class Machine {
  memory;
  #f32;
  #i32;
  #calls;
  /** Blocks of streams that are gone. */
  #free = [];
  #end;
  constructor({ memoryBytes }) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / page) });
    this.#f32 = new Float32Array(this.memory.buffer);
    this.#i32 = new Int32Array(this.memory.buffer);
    this.#end = memoryBytes;
  }
  link(instance) {
    this.#calls = instance.exports; // of the module that the plan was made for
  }
  /** The numbers of a port, of all its rows or the first of them. */
  view({ at, dtype, rows, row }, base = 0, count = rows) {
    const from = (at + base) / 4, size = row.reduce((size, n) => size * n, count);
    return (dtype === "i32" ? this.#i32 : this.#f32).subarray(from, from + size);
  }
  lengths(at, count) {
    return this.#i32.subarray(at / 4, at / 4 + count);
  }
  /** Writes the table of a run, whose own parts lie at \`base\`. */
  prepare({ at, table, own }, base = 0) {
    const from = (at + base) / 4;
    this.#i32.set(table, from);
    for (const word of own)
      this.#i32[from + word] = (table[word] ?? 0) + base;
  }
  run(name, { at, once }, base = 0) {
    this.#calls?.[name](at + base);
    for (const word of once)
      this.#i32[(at + base) / 4 + word] = 0;
  }
  /** Room for a stream. */
  take(bytes) {
    const free = this.#free.pop();
    if (free !== undefined)
      return free;
    const at = this.#end, missing = at + bytes - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / page));
      }
      catch (cause) {
        throw new SluiceError("OUT_OF_MEMORY", "stream", \`there is no room for \${bytes} more bytes. Dispose of other streams first\`, {}, cause);
      }
      this.#f32 = new Float32Array(this.memory.buffer);
      this.#i32 = new Int32Array(this.memory.buffer);
    }
    this.#end = at + bytes;
    return at;
  }
  give(at) {
    this.#free.push(at);
  }
}

/** What was given for each name; of one end without a name, that itself. Throws INVALID_ARGUMENT for one that is missing or unknown. */
function byName(who, what, value, names, needsAll) {
  if (names === null)
    return { x: value };
  const record = typeof value === "object" && value !== null ? value : {};
  const missing = names.filter((name) => !Object.hasOwn(record, name)), unknown = Object.keys(record).filter((name) => !names.includes(name));
  if (unknown.length > 0 || (needsAll && missing.length > 0))
    throw new SluiceError("INVALID_ARGUMENT", who, \`\${what} must be a record of \${names.join(", ")}, got \${Object.keys(record).join(", ") || typeof value}\`, { missing, unknown });
  return record;
}
/** Writes whole inputs to memory, and the last row again where there are fewer than there is room for. Returns how many there are. */
function readInputs(machine, x, lengths, { who, ports, names, atMost }) {
  const values = byName(who, "x", x, names, true);
  const label = (what, name) => (names === null ? what : \`\${what}.\${name}\`);
  const arrays = ports.map((port) => [port, given(who, label("x", port.name), values[port.name], port.row)]);
  for (const [{ rows, row, axes }, array] of arrays)
    checkShape(array, [rows, ...row], axes, atMost);
  const rows = arrays[0]?.[1].shape[0] ?? 1;
  for (const [, { name, shape }] of arrays)
    if (shape[0] !== rows)
      throw new SluiceError("SHAPE_MISMATCH", who, \`\${name} has \${shape[0]} rows, the first input has \${rows}\`);
  const counted = readLengths(machine, lengths, rows, { who, ports, names, atMost });
  for (const [port, array] of arrays) {
    const all = machine.view(port);
    const size = sizeOf(port.row);
    readNumbers(array, all.subarray(0, rows * size), port, counted.get(port));
    repeatLast(all, rows, size);
  }
  return rows;
}
/** Where none are given all steps count. */
function readLengths(machine, lengths, rows, { who, ports, names }) {
  const taken = ports.flatMap((port) => port.lengthsAt === undefined ? [] : [[port, machine.lengths(port.lengthsAt, port.rows)]]);
  if (taken.length === 0 && lengths !== undefined)
    throw new SluiceError("INVALID_ARGUMENT", who, "lengths must be left out: this file was made without. Export with the option lengths");
  const known = names === null ? null : taken.map(([{ name }]) => name);
  const values = lengths === undefined ? {} : byName(who, "lengths", lengths, known, false);
  return new Map(taken.map(([port, into]) => {
    const [steps = 1] = port.row, value = Object.hasOwn(values, port.name) ? values[port.name] : undefined;
    if (value === undefined)
      return [port, into.fill(steps)];
    const array = given(who, names === null ? "lengths" : \`lengths.\${port.name}\`, value, []);
    checkShape(array, [rows]);
    readNumbers(array, into.subarray(0, rows), { dtype: "i32", indices: steps + 1 });
    repeatLast(into, rows, 1);
    return [port, into];
  }));
}
function repeatLast(all, rows, size) {
  for (let at = rows * size; at < all.length; at += size)
    all.copyWithin(at, (rows - 1) * size, rows * size);
}
/** Copies of the outputs, by name or that of the one without. */
function outputsOf(machine, ports, names, rows) {
  const each = ports.map((port) => [port.name, outputOf(machine, port, rows)]);
  return names === null ? each[0]?.[1] : Object.fromEntries(each);
}
function outputOf(machine, port, rows = port.rows) {
  const { dtype, axes, row } = port;
  return { dtype, shape: [rows, ...row], ...(axes !== undefined && { axes }), data: machine.view(port, 0, rows).slice() };
}

/** Sequences read step by step: each step gives what \`predict\` gives of all steps so far. */
class Stream {
  #machine;
  #plan;
  #own;
  /** Where its block lies; undefined once it is disposed of. */
  #base;
  #steps = 0;
  #leave;
  constructor(machine, plan, own, { inputs, lengths }, leave) {
    const { before, others, x } = own;
    const names = (plan.inputs ?? []).filter((name) => name !== x.name);
    if (names.length > 0)
      readInputs(machine, inputs ?? {}, lengths, { who: "stream", ports: others, names, atMost: false });
    else if (inputs !== undefined || lengths !== undefined)
      throw new SluiceError("INVALID_ARGUMENT", "stream", "inputs and lengths must be left out: there are no other inputs");
    this.#machine = machine;
    this.#plan = plan;
    this.#own = own;
    this.#leave = leave;
    const base = (this.#base = machine.take(own.bytes));
    for (const run of [before, own.start, own.step])
      if (run !== undefined)
        machine.prepare(run, base);
    if (before !== undefined)
      machine.run("before", before, base);
    this.reset();
  }
  /** Steps read since the start, or the last \`reset\`. */
  get steps() {
    return this.#steps;
  }
  step(x) {
    const who = "stream.step", base = this.#alive(who), { x: port, maxSteps = Infinity, step, outputs } = this.#own;
    if (this.#steps >= maxSteps)
      throw new SluiceError("INVALID_ARGUMENT", who, \`the stream has read \${maxSteps} steps, which is all that it has room for. reset() begins anew\`, { maxSteps });
    const array = given(who, "x", x, port.row);
    if (port.rows === 1 && array.shape.length === port.row.length)
      checkShape(array, port.row, port.axes?.slice(1));
    else
      checkShape(array, [port.rows, ...port.row], port.axes);
    readNumbers(array, this.#machine.view(port), port);
    this.#machine.run("step", step, base);
    this.#steps++;
    return outputsOf(this.#machine, outputs, this.#plan.outputs);
  }
  /** To the start: of new sequences. */
  reset() {
    this.#machine.run("start", this.#own.start, this.#alive("stream.reset"));
    this.#steps = 0;
  }
  /** A copy of what is kept. */
  state() {
    const base = this.#alive("stream.state");
    const arrays = this.#own.state.map((port) => [
      port.name,
      { dtype: port.dtype, shape: [port.rows, ...port.row], data: this.#machine.view(port, base).slice() },
    ]);
    return { steps: this.#steps, arrays: Object.fromEntries(arrays) }; // one for each
  }
  /** Goes on from there. For another model's it throws, and nothing is changed. */
  setState(state) {
    const who = "stream.setState", base = this.#alive(who), ports = this.#own.state;
    const { steps, arrays } = (state ?? {});
    const names = Object.keys(arrays ?? {});
    if (steps === undefined ||
      !Number.isInteger(steps) ||
      steps < 0 ||
      names.length !== ports.length ||
      ports.some(({ name }) => !names.includes(name)))
      throw new SluiceError("INVALID_ARGUMENT", who, \`state must be what state() gave, with steps and arrays of \${ports.map(({ name }) => name).join(", ")}\`);
    const writes = ports.map((port) => {
      const array = arrays?.[port.name], own = given(who, \`state \${port.name}\`, array, port.row), data = own.data; // a list, or a typed array
      checkShape(own, [port.rows, ...port.row]);
      if (array?.dtype !== port.dtype)
        throw new SluiceError("DTYPE_MISMATCH", who, \`state \${port.name} must be \${port.dtype}, got \${array?.dtype}\`);
      return () => this.#machine.view(port, base).set(data);
    });
    for (const write of writes)
      write();
    this.#steps = steps;
  }
  /** Leaves its room to another. A second call does nothing. */
  dispose() {
    if (this.#base === undefined)
      return;
    this.#machine.give(this.#base);
    this.#base = undefined;
    this.#leave(this);
  }
  [dispose]() {
    this.dispose();
  }
  #alive(who) {
    if (this.#base === undefined)
      throw new SluiceError("DISPOSED", who, \`the stream of model "\${this.#plan.name}" was disposed of\`);
    return this.#base;
  }
}

/** The model over a memory of its own. A call allocates nothing but what it gives. */
class Model {
  #plan;
  #machine;
  #streams = new Set();
  constructor(plan, machine) {
    this.#plan = plan;
    this.#machine = machine;
    if (plan.predict !== undefined)
      machine.prepare(plan.predict.run);
  }
  predict(x, options = {}) {
    const who = "predict", machine = this.#alive(who), { predict, inputs, outputs } = this.#plan;
    if (predict === undefined)
      throw new SluiceError("UNSUPPORTED", who, "this file was made for streams alone");
    checkOptions(who, options, ["lengths"]);
    const rows = readInputs(machine, x, options.lengths, { who, ports: predict.inputs, names: inputs, atMost: true });
    for (const port of predict.state)
      machine.view(port).fill(0);
    machine.run("predict", predict.run);
    return outputsOf(machine, predict.outputs, outputs, rows);
  }
  stream(options = {}) {
    const machine = this.#alive("stream"), { stream } = this.#plan;
    if (stream === undefined)
      throw new SluiceError("UNSUPPORTED", "stream", "this file was made for predict alone");
    checkOptions("stream", options, ["inputs", "lengths"]);
    const made = new Stream(machine, this.#plan, stream, options, (gone) => this.#streams.delete(gone));
    this.#streams.add(made);
    return made;
  }
  /** Lets go of the memory, and of all streams. A second call does nothing. */
  dispose() {
    for (const stream of this.#streams)
      stream.dispose();
    this.#machine = undefined;
  }
  [dispose]() {
    this.dispose();
  }
  #alive(who) {
    if (this.#machine === undefined)
      throw new SluiceError("DISPOSED", who, \`the model "\${this.#plan.name}" was disposed of. Open it again\`);
    return this.#machine;
  }
}

async function openModel(plan, inside, options = {}) {
  checkOptions("open", options, inside.weights === undefined ? ["module", "weights"] : ["module"]);
  const machine = new Machine(plan);
  const [module, weights] = await Promise.all([
    moduleIn(plan, inside.wasm, options.module),
    weightsIn(plan, inside.weights, options.weights),
  ]);
  const { bytes, sum } = plan.image;
  weights(new Uint8Array(machine.memory.buffer, 0, bytes));
  if (sumOf(new Int32Array(machine.memory.buffer, 0, bytes / 4)) !== sum)
    throw foreign("weights");
  machine.link(await instanceOf(module, machine));
  return new Model(plan, machine);
}
/** What writes them to their place, with no copy between. */
async function weightsIn({ image }, inside, given) {
  if (inside !== undefined)
    return (into) => decodeBase64(inside, into);
  const bytes = await fetched("weights", given);
  if (bytes.length !== image.bytes)
    throw foreign("weights");
  return (into) => into.set(bytes);
}
/** What was given, or what lies inside. One that was compiled before is not looked into. */
async function moduleIn({ wasm }, inside, given) {
  if (Object.prototype.toString.call(given) === "[object WebAssembly.Module]")
    return given; // by its name, in any realm
  let bytes = new Uint8Array(wasm.bytes);
  if (given === undefined && inside !== undefined)
    decodeBase64(inside, bytes);
  else
    bytes = await fetched("module", given);
  if (bytes.length !== wasm.bytes || sumOf(bytes) !== wasm.sum)
    throw foreign("module");
  return bytes;
}
async function instanceOf(module, { memory }) {
  try {
    const made = await WebAssembly.instantiate(module, { env: { memory } });
    return "instance" in made ? made.instance : made; // of bytes it gives both
  }
  catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const fix = "It needs WebAssembly SIMD; where a policy forbids to compile bytes, allow 'wasm-unsafe-eval' or give open({ module }) a WebAssembly.Module";
    throw new SluiceError("BACKEND_UNAVAILABLE", "open", \`the engine does not take the module: \${why}. \${fix}\`, {}, cause);
  }
}
function foreign(what) {
  return new SluiceError("FILE_FOREIGN", "open", \`this is not the \${what} that the file was made with: its length or the sum of its bytes is another\`);
}
`;
