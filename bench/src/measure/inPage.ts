// What runs in a page of the browser: a contender's side of the protocol, put where the parent can call it.
import { backends } from "../contenders/backends.ts";
import { answering } from "./answering.ts";

/** A page's clock ticks every 5 µs where it is isolated, otherwise every 100 µs: half a millisecond is known to 1 % at least in the former. */
const leastMs = 0.5;

Object.assign(globalThis, { answer: answering({ contenders: backends, leastMs }) });
