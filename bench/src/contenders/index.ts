// Every contender there is. A further one is a further line.
import { backends } from "./backends.ts";
import { brain } from "./brain/brain.ts";
import type { Contender } from "./contender.ts";
import { jax } from "./jax/jax.ts";
import { onnxruntime } from "./onnx/onnxruntime.ts";
import { tfjs } from "./tfjs/tfjs.ts";

export const contenders: readonly Contender[] = [
  ...backends,
  onnxruntime("node", 1),
  onnxruntime("node", 2),
  onnxruntime("web", 1),
  onnxruntime("web", 2),
  jax,
  tfjs("wasm"),
  tfjs("cpu"),
  brain,
];
