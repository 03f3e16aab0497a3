import { expect, test } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { openSafetensors } from "./file.ts";
import { openSharded } from "./sharded.ts";
import { blobSource, urlSource } from "./sources.ts";
import { safetensorsPieces, writeSafetensors } from "./write.ts";

const code = (code: string, what: string | RegExp = "") => expect.objectContaining({ code, message: expect.stringMatching(what) });
const w = { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) } as const;

test("types that no dtype holds are listed whole before an array is read, and their bytes are there", async () => {
  const file = await openSafetensors(fixtureBytes("safetensors/unreadable.safetensors"));
  await expect(file.readAll()).rejects.toThrow(code("UNSUPPORTED", /"complex" \(C64\).*"fnuz" \(F8_E4M3FNUZ\)|"fnuz".*"complex"/));
  await expect(file.read("complex")).rejects.toThrow(code("UNSUPPORTED"));
  await expect(file.read("wide")).rejects.toThrow(code("DTYPE_MISMATCH", "2147483648 at element 1"));
  await expect(file.read("unsigned")).rejects.toThrow(code("DTYPE_MISMATCH", "4294967295"));
  expect([...new Float32Array((await file.readBytes("complex")).buffer)]).toEqual([0, 1]);
  expect([...(await file.read("fine")).data]).toEqual([1]);
  await expect(file.read("fin")).rejects.toThrow(code("INVALID_ARGUMENT", "Did you mean fine"));
});

test("a BOOL that is neither 0 nor 1 is FILE_CORRUPT", async () => {
  const file = await openSafetensors(stored('{"b":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}', [1, 2]));
  await expect(file.read("b")).rejects.toThrow(code("FILE_CORRUPT", "holds 2 at element 1"));
});

test("files of torch.save are FILE_FOREIGN, with what to do; so is any other, and an unknown type", async () => {
  const zip = new TextEncoder().encode("PK\u0003\u0004\0\0\b\b\0\0\0\0\0\0\0\0archive/data.pkl");
  const old = Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);
  for (const bytes of [zip, old, zip.slice(0, 8)]) {
    await expect(openSafetensors(bytes)).rejects.toThrow(
      code("FILE_FOREIGN", /torch\.save[^]*\n {4}import torch;.*\n.*torch\.load.*\n.*save_file/),
    );
    await expect(openSharded(bytes, () => zip)).rejects.toThrow(code("FILE_FOREIGN", /torch\.save/));
  }
  await expect(openSafetensors(new TextEncoder().encode("x,y\n1,2\n3,4\n"))).rejects.toThrow(code("FILE_FOREIGN", "no safetensors file"));
  await expect(openSafetensors(stored('{"w":{"dtype":"Q4","shape":[1],"data_offsets":[0,1]}}', [0]))).rejects.toThrow(
    code("FILE_FOREIGN", '"Q4"'),
  );
});

test("a file cut short at any byte is FILE_CORRUPT, and so are holes, lengths that differ and half bytes", async () => {
  const bytes = writeSafetensors({ w });
  for (let length = 0; length < bytes.length; length++)
    await expect(openSafetensors(bytes.subarray(0, length))).rejects.toThrow(code("FILE_CORRUPT"));
  for (const header of [
    '{"w":{"dtype":"F16","shape":[1],"data_offsets":[1,3]}}',
    '{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,3]}}',
    '{"w":{"dtype":"F4","shape":[5],"data_offsets":[0,3]}}',
    '{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}',
  ])
    await expect(openSafetensors(stored(header, [0, 0, 0])), `${header}`).rejects.toThrow(code("FILE_CORRUPT"));
});

test("what is no source is refused, and one that ends early or gives too much is told", async () => {
  await expect(openSafetensors("model.safetensors" as never)).rejects.toThrow(code("INVALID_ARGUMENT"));
  await expect(openSafetensors({ length: -1, read: () => new Uint8Array(0) })).rejects.toThrow(code("INVALID_ARGUMENT"));
  const bytes = writeSafetensors({ w });
  const source = (read: (from: number, to: number) => unknown) => ({ length: bytes.length, read: read as () => Uint8Array }); // whatever JavaScript has
  await expect(openSafetensors(source(() => "text"))).rejects.toThrow(code("INVALID_ARGUMENT"));
  await expect(openSafetensors(source(() => bytes))).rejects.toThrow(code("INVALID_ARGUMENT"));
  const cut = await openSafetensors(source((from, to) => bytes.subarray(from, Math.min(to, bytes.length - 1))));
  await expect(cut.read("w")).rejects.toThrow(code("FILE_CORRUPT"));
});

test("an array of many parts is read with no more beside it than a part, into memory of its own", async () => {
  const length = 2 ** 24 + 5,
    data = new Float32Array(length).map((_, i) => i);
  const pieces = safetensorsPieces({ w: { dtype: "f32", shape: [length], data } });
  expect(pieces[1]?.buffer).toBe(data.buffer);
  const [head = new Uint8Array(0), body = new Uint8Array(0)] = pieces;
  const asked: number[] = [];
  const file = await openSafetensors({
    length: head.length + body.length,
    read(from, to) {
      asked.push(to - from);
      return from < head.length ? head.subarray(from, to) : body.subarray(from - head.length, to - head.length);
    },
  });
  const read = await file.read("w");
  expect(read.data.buffer === data.buffer).toBe(false);
  expect(read.data.every((x, i) => x === data[i])).toBe(true);
  expect(Math.max(...asked)).toBe(2 ** 24);
  expect(asked.reduce((sum, n) => sum + n, 0)).toBe(head.length - 8 + body.length + 9);
});

test("a blob and a server that gives ranges are read by ranges", async () => {
  const bytes = writeSafetensors({ w, v: w });
  const fromBlob = await openSafetensors(blobSource(new Blob([bytes as Uint8Array<ArrayBuffer>]))); // of no shared memory
  expect(await fromBlob.readAll()).toEqual({ w, v: w });
  const asked: string[] = [];
  const server =
    (whole: Uint8Array, status = 206) =>
    async (_: string, { headers }: { readonly headers: Readonly<Record<string, string>> }) => {
      const range = headers["Range"] ?? "";
      asked.push(range);
      const [from = 0, to = 0] = range.slice(6).split("-").map(Number);
      return new Response(whole.slice(from, to + 1) as Uint8Array<ArrayBuffer>, {
        status,
        headers: { "content-range": `bytes ${from}-${to}/${whole.length}` },
      }); // likewise
    };
  const fetched = await openSafetensors(await urlSource("https://example.org/model.safetensors", { fetch: server(bytes) }));
  expect(await fetched.read("w")).toEqual(w);
  expect(asked).toEqual(["bytes=0-0", "bytes=0-8", `bytes=8-${bytes.length - 17}`, expect.stringMatching(/^bytes=\d+-\d+$/)]);
  for (const [answer, wanted] of [
    [200, "UNSUPPORTED"],
    [404, "FILE_NOT_FOUND"],
  ] as const)
    await expect(urlSource("https://example.org/x", { fetch: async () => new Response("", { status: answer }) })).rejects.toThrow(
      code(wanted),
    );
  await expect(urlSource("https://example.org/x", { fetch: () => Promise.reject(new TypeError("offline")) })).rejects.toThrow(
    code("FILE_NOT_FOUND", "offline"),
  );
  await expect(urlSource("https://example.org/x", { fetch: 7 as never })).rejects.toThrow(code("INVALID_ARGUMENT"));
  expect(() => blobSource("text" as never)).toThrow(code("INVALID_ARGUMENT"));
  let current = bytes;
  const changing = await urlSource("https://example.org/x", { fetch: (url, init) => server(current)(url, init) });
  current = writeSafetensors({ w });
  await expect(changing.read(0, 9)).rejects.toThrow(code("FILE_CORRUPT", "now it has"));
});

test("a set of files is one file, each opened once", async () => {
  const opened: string[] = [];
  const index = fixtureBytes("safetensors/model.safetensors.index.json");
  const file = await openSharded(index, (name) => {
    opened.push(name);
    return fixtureBytes(`safetensors/${name}`);
  });
  expect(file.metadata).toEqual({ total_size: "32" });
  expect(file.tensors["encoder.weight"]).toEqual({ type: "F32", shape: [2, 3], bytes: 24 });
  expect(await file.readAll()).toEqual({
    "encoder.weight": { dtype: "f32", shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
    "encoder.bias": { dtype: "f32", shape: [2], data: Float32Array.of(1.5, 2.5) },
  });
  expect((await file.readBytes("encoder.bias")).length).toBe(8);
  await file.read("encoder.bias");
  expect(opened).toEqual(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]);
  await expect(file.read("toString")).rejects.toThrow(code("INVALID_ARGUMENT"));
});

test("an index that names paths, or differs from its files, opens nothing or says all that differs", async () => {
  const never = () => expect.unreachable("nothing is to be opened");
  for (const name of ["../secret", "a/b", "a\\b", "..", ".", "", "/etc/passwd", "C:x", "a\0b", "a\nb"])
    await expect(openSharded(JSON.stringify({ weight_map: { w: name, v: "fine" } }), never), `${name}`).rejects.toThrow(
      code("FILE_FOREIGN", "plain names"),
    );
  for (const text of [
    "",
    "[]",
    "{}",
    '{"weight_map":[]}',
    '{"weight_map":{"w":7}}',
    '{"weight_map":{"w":"a","w":"b"}}',
    '{"weight_map":{},"metadata":[]}',
  ])
    await expect(openSharded(text, never), `${text}`).rejects.toThrow(code("FILE_FOREIGN"));
  const shards: Readonly<Record<string, Uint8Array>> = { a: writeSafetensors({ w, x: w }), b: writeSafetensors({ v: w }) };
  const open = (name: string): Uint8Array => shards[name] ?? new Uint8Array(0);
  await expect(openSharded('{"weight_map":{"w":"a","u":"a","v":"b","__proto__":"b"}}', open)).rejects.toThrow(
    code("FILE_CORRUPT", /"u" is not in a; "__proto__" is not in b; "x" of a is not in the index/),
  );
  await expect(openSharded('{"weight_map":{"w":"c"}}', open)).rejects.toThrow(code("FILE_CORRUPT", "openSharded c"));
});

test("arrays, names and options that a file cannot hold are refused", () => {
  const write =
    (tensors: object, options = {}) =>
    () =>
      writeSafetensors(tensors as never, options); // as JavaScript callers may
  for (const wrong of [
    { w: { ...w, shape: [3] } },
    { w: { ...w, dtype: "f64" } },
    { w: { ...w, data: [1, 2] } },
    { w: 7 },
    { __metadata__: w },
    { "\ud800": w },
    [w],
  ])
    expect(write(wrong)).toThrow(code("INVALID_ARGUMENT"));
  for (const wrong of [{ dtype: "f8" }, { metadata: { a: 1 } }, { meta: {} }])
    expect(write({ w }, wrong)).toThrow(code("INVALID_ARGUMENT"));
});

function stored(header: string, data: readonly number[]): Uint8Array {
  const json = new TextEncoder().encode(header),
    bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}
