// A traced function's graph to whoever writes it down in another form: its nodes, an order to visit them in, and where each is computed.
export { children } from "./node.ts";
export type { Gather, Graph, Loop, Matmul, Node, Pointwise, Reduce, Scatter, Stack, States, ViewOf, Window } from "./node.ts";
export { type Computed, interpret } from "./interpret.ts";
export { postorder } from "./order.ts";
export { type Region, type Regions, regionsOf } from "./regions.ts";
export { permutation } from "./window.ts";
