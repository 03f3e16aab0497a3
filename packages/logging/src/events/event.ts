// The few of TensorFlow's messages that curves and histograms need, in the wire format of protocol buffers (tensorflow/core/util/event.proto, framework/summary.proto).
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Histogram } from "./histogram.ts";

/** By tag. */
export interface Summary {
  readonly scalars?: Readonly<Record<string, number>>;
  readonly histograms?: Readonly<Record<string, Histogram>>;
}

/** What each file begins with. */
export function versionEvent(seconds: number): Uint8Array {
  return event(seconds, 0, (writer) => writer.tag(3, WireType.LengthDelimited).string("brain.Event:2"));
}

export function summaryEvent(seconds: number, step: number, { scalars = {}, histograms = {} }: Summary): Uint8Array {
  return event(seconds, step, (writer) => {
    writer.tag(5, WireType.LengthDelimited).fork();
    for (const [tag, value] of Object.entries(scalars)) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value).join();
    }
    for (const [tag, histogram] of Object.entries(histograms)) {
      writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(tag);
      writer.tag(5, WireType.LengthDelimited).fork();
      writeHistogram(writer, histogram);
      writer.join().join();
    }
    writer.join();
  });
}

function event(seconds: number, step: number, content: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(seconds);
  if (step !== 0) writer.tag(2, WireType.Varint).int64(step); // proto3 leaves out what is 0
  content(writer);
  return writer.finish();
}

function writeHistogram(writer: BinaryWriter, { min, max, count, sum, sumOfSquares, limits, counts }: Histogram): void {
  const numbers: readonly (readonly [field: number, value: number])[] = [[1, min], [2, max], [3, count], [4, sum], [5, sumOfSquares]]; // prettier-ignore
  for (const [field, value] of numbers) writer.tag(field, WireType.Bit64).double(value);
  for (const [field, list] of [[6, limits], [7, counts]] as const) {
    writer.tag(field, WireType.LengthDelimited).fork();
    for (const value of list) writer.double(value);
    writer.join();
  }
} // prettier-ignore
