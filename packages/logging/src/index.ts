export { jsonLines, type JsonLinesConfig } from "./jsonLines.ts";
export { tensorBoard, type TensorBoardConfig } from "./tensorBoard.ts";
