/** The hash of stored bytes without the rest of a kernel. Its only caller is ../stored-hash.ts. */

export { addToHash, beginHash, endHash, hashStateBytes } from "./xxh3";

/** First byte of memory that the caller may use. */
export function memoryStart(): i32 {
  return <i32>__heap_base;
}
