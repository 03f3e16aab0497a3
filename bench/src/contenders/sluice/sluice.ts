// Our side of every task: one traced function each, the same on every backend.
import type { Backend } from "@sluice/core";
import type { Contender } from "../contender.ts";
import { inference } from "./inference.ts";
import { product } from "./product.ts";
import { training } from "./training.ts";

/** A backend of ours. It is opened in the contender's own process and ends with it. */
export function sluice(name: string, open: () => Promise<Backend>, { usual = true } = {}): Contender {
  return {
    name,
    kind: "backend",
    usual,
    async open() {
      const backend = await open();
      return {
        version: `@sluice/${name}`,
        tasks: {
          lstmTraining: (given) => training(backend, given),
          lstmInference: (given) => inference(backend, given),
          matmul: (given) => product(backend, given),
        },
      };
    },
  };
}
