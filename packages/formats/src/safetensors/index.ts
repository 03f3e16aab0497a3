// The names of this entry.
export { openSafetensors, type SafetensorsFile, type TensorInfo } from "./file.ts";
export { openSharded, type OpenShard } from "./sharded.ts";
export type { Bytes, Source } from "./source.ts";
export { type BlobLike, blobSource, type UrlOptions, urlSource } from "./sources.ts";
export { safetensorsPieces, writeSafetensors, type WriteOptions } from "./write.ts";
