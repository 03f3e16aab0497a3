import { array, compile, type Tensor } from "@sluice/core";
import { open } from "../open.ts";

const backend = await open(); // or open({ modes: ["webgl"] })
const double = compile(backend, (x: Tensor) => x.mul(2));
const y = await double(array(backend, Float32Array.of(1, 2, 3)));
console.log(await y.read(), backend.mode); // Float32Array [2, 4, 6] webgl2
await backend.close();
