// Bytes of event files: those of TensorBoard's own writer, and the published check of the checksum.
import { expect, test } from "vitest";
import { summaryEvent, versionEvent } from "./event.ts";
import { histogramOf } from "./histogram.ts";
import { crc32c, tfRecord } from "./records.ts";

const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

test("the checksum is CRC-32C, by the check value of its catalogue and the examples of RFC 3720, B.4", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test("records are to the byte those of tensorboard 2.21.0's RecordWriter", () => {
  expect(hex(tfRecord(versionEvent(1.5)))).toBe("1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c");
  expect(hex(tfRecord(summaryEvent(1.5, 300, { scalars: { epoch_loss: 0.25 } })))).toBe(
    "2100000000000000017becf609000000000000f83f10ac022a130a110a0a65706f63685f6c6f7373150000803ed2f16c2f",
  );
  const histogram = { min: -1, max: 2, count: 3, sum: 1.5, sumOfSquares: 5.25, limits: [0, 2], counts: [1, 2] };
  expect(hex(tfRecord(summaryEvent(1.5, 2, { histograms: { "dense.kernel": histogram } })))).toBe(
    "70000000000000009429adcd09000000000000f83f10022a630a610a0c64656e73652e6b65726e656c2a5109000000000000f0bf11000000000000004019000000000000084021000000000000f83f2900000000000015403210000000000000000000000000000000403a10000000000000f03f000000000000004060c48ca4",
  );
});

test("a histogram counts each finite value once, between its least and its largest", () => {
  const found = histogramOf([0, 1, 2, 3, 29.5, 30, Number.NaN, Infinity]);
  expect(found).toMatchObject({ min: 0, max: 30, count: 6, sum: 65.5 });
  expect(found?.limits).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(found?.counts).toEqual([1, 1, 1, 1, ...new Array<number>(25).fill(0), 2]);
  expect(histogramOf([7, 7])).toMatchObject({ limits: [7], counts: [2] });
  expect(histogramOf([Number.NaN])).toBeUndefined();
});
