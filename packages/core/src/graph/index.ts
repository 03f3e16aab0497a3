// A traced function's graph to whoever writes it down in another form: its nodes, an order to visit them in, and where each is computed.
export { children, loopParams } from "./node.ts";
export type {
  Const,
  Data,
  Gather,
  Graph,
  Input,
  Loop,
  Matmul,
  Node,
  Param,
  Piece,
  Place,
  Pointwise,
  Reduce,
  Scatter,
  Stack,
  State,
  States,
  ViewOf,
  Window,
} from "./node.ts";
export { consumers, freeParams, postorder } from "./order.ts";
export { type Region, type Regions, regionsOf } from "./regions.ts";
export { boundaryRow } from "./make.ts";
export { boundingBox, dense, isReshape, permutation } from "./window.ts";
