import { type Backend, compile, gradient, mul, type NDArray, sin, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { fromOnnx, type OnnxNet } from "./import/fromOnnx.ts";
import { readModel, writeModel } from "./schema/model.ts";
import { TensorProto_DataType as Type, type GraphProto, type TensorProto } from "./schema/onnx_pb.ts";
import { tensorProto, tensorValue } from "./schema/tensor.ts";
import { casesOf } from "./testing/cases.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

/** The same model in float64. */
function doubled(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const wide = (tensor: TensorProto): TensorProto => {
    if (tensor.dataType !== Type.FLOAT) return tensor;
    const { name, shape, data } = tensorValue(tensor);
    return tensorProto(name, "float64", shape, Float64Array.from(data as Float32Array)); // as its type says
  };
  const widen = (graph: GraphProto): void => {
    graph.initializer = graph.initializer.map(wide);
    for (const { type } of graph.input)
      if (type?.value.case === "tensorType" && type.value.value.elemType === Type.FLOAT) type.value.value.elemType = Type.DOUBLE;
    for (const node of graph.node)
      for (const attribute of node.attribute) {
        if (attribute.t !== undefined) attribute.t = wide(attribute.t);
        if (node.opType === "Cast" && attribute.i === BigInt(Type.FLOAT)) attribute.i = BigInt(Type.DOUBLE);
      }
  };
  widen(model.graph!);
  return writeModel(model);
}

/** L = Σ sin(k)·y over all outputs y. */
function lossOf(net: OnnxNet, weights: Readonly<Record<string, Tensor>>, inputs: Readonly<Record<string, Tensor>>): Tensor {
  const each = Object.values(net.apply(weights, inputs)).map((y) => mul(y, sin(y.derive(y.node).mul(0).add(0.7))).sum());
  return each.reduce((a, b) => a.add(b));
}

const recurrent = casesOf("recurrent").filter(({ name }) =>
  /input_forget, peepholes|peepholes, clip|linear_before_reset=0, dir|layout=1|ScaledTanh|sequence_lens, reverse/.test(name),
);

test.each([
  ...["gru.dynamo", "conv-gru-classifier.legacy", "lstm-2-bidirectional.legacy", "transformer-encoder.dynamo"].map(
    (name) => [name, fixtureBytes(`onnx/${name}.onnx`)] as const,
  ),
  ...recurrent.map(({ name, model }) => [name, Buffer.from(model, "base64")] as const),
])("%s has the slopes of finite differences", async (_, bytes) => {
  const net = fromOnnx(doubled(bytes)),
    loss = compile(backend, (w: Readonly<Record<string, Tensor>>, x: Readonly<Record<string, Tensor>>) => lossOf(net, w, x));
  const slopes = compile(backend, (w: Readonly<Record<string, Tensor>>, x: Readonly<Record<string, Tensor>>) =>
    gradient(lossOf(net, w, x), w),
  );
  const inputs = Object.fromEntries(
    Object.entries(net.inputs).map(([name, { shape, dtype }], k) => {
      const size = shape.reduce((n, m) => n * m, 1);
      return [name, dtype === "i32" ? { dtype, shape, data: Int32Array.from({ length: size }, (__, i) => 1 + (i % 3)) } : { dtype, shape, data: Float64Array.from({ length: size }, (__, i) => Math.sin(1.3 * i + k)) }]; // prettier-ignore
    }),
  );
  const found = (await slopes(net.weights, inputs)) as Readonly<Record<string, NDArray>>;
  expect(Object.keys(found)).not.toEqual([]);
  for (const [name, array] of Object.entries(net.weights)) {
    const exact = await found[name]!.read();
    for (const i of new Set([0, Math.floor(array.data.length / 2), array.data.length - 1])) {
      const at = async (step: number): Promise<number> => {
        const moved = { ...net.weights, [name]: { ...array, data: array.data.map((n, k) => (k === i ? n + step : n)) } };
        return (await (await loss(moved, inputs)).read())[0]!;
      };
      const slope = ((await at(1e-5)) - (await at(-1e-5))) / 2e-5;
      expect(Math.abs(exact[i]! - slope), `${name}[${i}]: ${exact[i]} for ${slope}`).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
    }
  }
});
