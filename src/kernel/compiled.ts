import { readFileSync } from 'node:fs';

/** A kernel by the name of its file, which lies beside the code. */
export function compiled(name: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL(`./${name}`, import.meta.url)));
}
