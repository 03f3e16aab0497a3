import type { HostArray } from "@sluice/core";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { openSafetensors, readHead, writeSafetensors, type Tensors } from "./safetensors.ts";
import { longestHeader } from "./stored.ts";

const anyShape = fc.array(fc.nat({ max: 3 }), { maxLength: 3 });
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const exactly = (n: number) => ({ minLength: n, maxLength: n });
const anyArray: fc.Arbitrary<HostArray> = anyShape.chain((shape) =>
  fc.oneof(
    fc.float32Array(exactly(size(shape))).map((data): HostArray => ({ dtype: "f32", shape, data })),
    fc.float64Array(exactly(size(shape))).map((data): HostArray => ({ dtype: "f64", shape, data })),
    fc.int32Array(exactly(size(shape))).map((data): HostArray => ({ dtype: "i32", shape, data })),
  ),
);
const anyFile = fc.record({
  tensors: fc.dictionary(
    fc
      .oneof(fc.string({ minLength: 1 }), fc.constant("__proto__"), fc.constant("\u{1f600}/é\ufeff"))
      .filter((name) => name !== "__metadata__"),
    anyArray,
    { maxKeys: 4, noNullPrototype: true },
  ),
  metadata: fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), fc.string(), { maxKeys: 3, noNullPrototype: true }),
});

/** As `deserialize` reads. */
function readAll(bytes: Uint8Array): Tensors {
  const { header, read } = openSafetensors(bytes, "test");
  return { tensors: Object.fromEntries(header.entries.map((entry) => [entry.name, read(entry)])), metadata: header.metadata };
}

test("what is written is read again, bit for bit", () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      expect(readAll(writeSafetensors(file))).toEqual(file);
    }),
  );
});

test("a file begins with the header's length, eight bytes, little-endian, and arrays are aligned to eight", () => {
  const bytes = writeSafetensors({
    tensors: { w: { dtype: "f32", shape: [1, 2], data: new Float32Array([1, -2]) } },
    metadata: { a: "b" },
  });
  const length = new DataView(bytes.buffer).getUint32(0, true);
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    __metadata__: { a: "b" },
    w: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] },
  });
  expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});

test("a file of the format that others wrote is read: any order, padding or none", () => {
  const header = '{"b":{"dtype":"I32","shape":[],"data_offsets":[8,12]},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}';
  const tensors = {
    b: { dtype: "i32", shape: [], data: new Int32Array([7]) },
    a: { dtype: "f64", shape: [1], data: new Float64Array([0.5]) },
  };
  const data = new Uint8Array([...new Uint8Array(new Float64Array([0.5]).buffer), 7, 0, 0, 0]);
  expect(readAll(file(header, data))).toEqual({ tensors, metadata: {} });
});

test("bytes in the middle of a larger buffer are read, and copied", () => {
  const written = { tensors: { w: { dtype: "f32", shape: [2], data: new Float32Array([1, 2]) } }, metadata: {} } as const;
  const bytes = writeSafetensors(written);
  const larger = Buffer.alloc(bytes.length + 3);
  const inside = larger.subarray(3);
  inside.set(bytes);
  const read = readAll(inside);
  larger.fill(0);
  expect(read).toEqual(written);
});

test("a file cut short at any byte is FILE_CORRUPT", () => {
  const bytes = writeSafetensors({ tensors: { w: { dtype: "f32", shape: [3], data: new Float32Array([1, 2, 3]) } }, metadata: {} });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readAll(bytes.subarray(0, length)), `${length} bytes`).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  }
});

test("any other bytes give a typed error, never a read out of bounds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^FILE_(CORRUPT|FOREIGN)$/) }));
    }),
  );
});

const four = new Uint8Array(4);
const damaged = {
  "no JSON": ['{"w":', four],
  "an entry that is no object": ['{"w":1}', four],
  "sizes below 0": ['{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', four],
  "sizes that are no numbers": ['{"w":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', four],
  "a missing offset": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', four],
  "a shape of another size": ['{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', four],
  "offsets past the end": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', four],
  "bytes left over": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', new Uint8Array(5)],
  "arrays that overlap": [
    '{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    four,
  ],
  "metadata that are no text": ['{"__metadata__":{"a":1}}', new Uint8Array(0)],
  "a name twice": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four],
  "metadata twice": ['{"__metadata__":{},"__metadata__":{}}', new Uint8Array(0)],
  "a key of the metadata twice": ['{"__metadata__":{"a":"1","a":"2"}}', new Uint8Array(0)],
  "a field twice": ['{"w":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,4]}}', four],
  "a field that the format does not have": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}}', four],
  "no dtype": ['{"w":{"shape":[1],"data_offsets":[0,4]}}', four],
  "three offsets": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', four],
  "offsets the wrong way round": ['{"w":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}', four],
  "a size with a fraction": ['{"w":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', four],
  "a size with an exponent": ['{"w":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}', four],
  "a size with a zero before it": ['{"w":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', four],
  "a size of −0": ['{"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}', new Uint8Array(0)],
  "an offset above 2⁵³": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[9007199254740992,9007199254740996]}}', four],
  "half a surrogate pair in a name": ['{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four],
  "a control character in a name": ['{"a\nb":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four],
  "a comma before the end": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}', four],
  "text after the header": ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}', four],
  "a hole between arrays": [
    '{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}',
    new Uint8Array(12),
  ],
  "33 axes": [`{"w":{"dtype":"F32","shape":[${"1,".repeat(32)}1],"data_offsets":[0,4]}}`, four],
  "an endless shape": ['{"w":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}', four],
} as const;

for (const [title, [header, data]] of Object.entries(damaged)) {
  test(`${title}: FILE_CORRUPT`, () => {
    expect(() => readAll(file(header, data))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  });
}

test("a header that is no UTF-8 is FILE_CORRUPT", () => {
  const bytes = file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four);
  bytes[10] = 0xff;
  expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
});

test("a header longer than the limit is refused before it is looked at, and none is written", () => {
  const bytes = new Uint8Array(8 + longestHeader + 8).fill(0x7b);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(longestHeader + 1), true);
  expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
  const tooLong = { tensors: {}, metadata: { a: "a".repeat(longestHeader) } };
  expect(() => writeSafetensors(tooLong)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});

test("arrays past 4 GiB lie where the header says", () => {
  const gib = 2 ** 30,
    header = `{"a":{"dtype":"F32","shape":[${gib}],"data_offsets":[0,${4 * gib}]},"b":{"dtype":"F64","shape":[${gib}],"data_offsets":[${4 * gib},${12 * gib}]}}`;
  expect(readHead(new TextEncoder().encode(header), 12 * gib, "test").entries).toEqual([
    { name: "a", dtype: "f32", shape: [gib], begin: 0, end: 4 * gib },
    { name: "b", dtype: "f64", shape: [gib], begin: 4 * gib, end: 12 * gib },
  ]);
});

const hostile: Record<string, (n: number) => string> = {
  "[[[[…": (n) => `{"a":${"[".repeat(n)}`,
  "{},{},…": (n) => `{"a":${"{},".repeat(n / 3)}`,
  '{"":{"":…': (n) => '{"":'.repeat(n / 4),
  "white space": (n) => `{${" ".repeat(n)}`,
  "a text without an end": (n) => `{"${"a".repeat(n)}`,
  "escapes without an end": (n) => `{"${"\\".repeat(n / 2)}`,
  digits: (n) => `{"w":{"dtype":"F32","shape":[${"1".repeat(n)}`,
  names: (n) => `{${Array.from({ length: n / 60 }, (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join()}`,
  "one name": (n) => `{${'"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},'.repeat(n / 60)}`,
};

for (const [title, text] of Object.entries(hostile)) {
  test(`a hostile header is refused after one pass over it: ${title}`, () => {
    const bytes = file(text(24_000), four);
    const looks = vi.spyOn(String.prototype, "charCodeAt");
    expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
    expect(looks.mock.calls.length).toBeLessThan(2 * bytes.length); // each character once as white space or text, once as a token
    looks.mockRestore();
  });
}

test("text, another format and a dtype that Sluice lacks are FILE_FOREIGN", () => {
  const text = new TextEncoder().encode("x,y\n1,2\n3,4\n");
  const half = file('{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}', four);
  for (const bytes of [text, file("[1]", four), file("", four), file(" {}", four), half]) {
    expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
  }
});

function file(header: string, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}
