// The names of this entry: what knows that there is a file system.
export { openFile, type OpenFile, saveFile } from "./files.ts";
