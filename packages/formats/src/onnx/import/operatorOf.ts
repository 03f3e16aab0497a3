// The operator that a node means, in the version that its file asks for; or what would do instead.
import type { Operator } from "../operators/operator.ts";
import { newestVersion, operatorNamed } from "../operators/table.ts";
import { NotSupported } from "../read/failures.ts";
import type { Node } from "../read/model.ts";

/** Versions by domain. */
export type Opsets = ReadonlyMap<string, number>;

/** Throws what is not supported. */
export function operatorOf(node: Node, opsets: Opsets): Pick<Operator, "evaluate"> & { readonly version: number } {
  const version = opsets.get(node.domain);
  if (version === undefined) throw new NotSupported("the file names no version of its domain", "export it again");
  const operator = node.domain === "" ? operatorNamed(node.op) : undefined;
  if (operator === undefined) throw new NotSupported("there is no such operator here", insteadOf(node));
  if (version < operator.since)
    throw new NotSupported(`its version ${version} means something else`, `convert the model to version ${operator.since} or later`);
  if (version > newestVersion)
    throw new NotSupported(`version ${version} is newer than what this was written by`, `convert the model to version ${newestVersion}`);
  return { evaluate: operator.evaluate, version };
}

function insteadOf({ domain, op }: Node): string {
  if (domain !== "") return "export with operators of ONNX's own domain";
  return instead.get(op) ?? "export with other operators, or cut it off and compute it by hand";
}

const instead = new Map([
  ["Resize", "resample before the model"],
  ["STFT", "use a Conv over a basis of cosines and sines"],
  ["DFT", "use a MatMul by a basis of cosines and sines"],
  ["DynamicQuantizeLSTM", "export without quantisation"],
  ["QuantizeLinear", "export without quantisation"],
  ["DequantizeLinear", "export without quantisation"],
  ["DynamicQuantizeLinear", "export without quantisation"],
  ["MatMulInteger", "export without quantisation"],
  ["ConvInteger", "export without quantisation"],
  ["RandomNormalLike", "pass the random numbers as an input"],
  ["RandomUniformLike", "pass the random numbers as an input"],
]);

/** With its domain where that is not ONNX's own. */
export function nameOf({ domain, op }: Node): string {
  return domain === "" ? op : `${domain}::${op}`;
}
