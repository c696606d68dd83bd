/**
 * The hash of bytes as they are stored: XXH3, 64 bits, without a seed, as 16 hexadecimal digits, which is what `xxhsum -H3` prints. It
 * finds what happens to files; whoever alters them on purpose can also alter the hash.
 */
import { must } from '../base/errors.ts';
import { compiled } from './compiled.ts';

/** What each kernel that can hash exports; assembly/xxh3.ts has it. */
export interface HashExports {
  hashStateBytes(): number;
  beginHash(state: number): void;
  addToHash(state: number, from: number, bytes: number): void;
  endHash(state: number): bigint;
}

/** Of bytes that lie elsewhere: they are copied in by pieces that the core's cache holds. */
const SCRATCH_BYTES = 64 * 1024;
/** Hashes that may be open at the same time: a writer has a few files under way to the compressor. */
const STATES = 8;
const PAGE_BYTES = 64 * 1024;

/** A part of a kernel's memory in which hashes are made. */
export class HashArena {
  /** The first byte behind it. */
  readonly end: number;
  private readonly exports: HashExports;
  private readonly memory: WebAssembly.Memory;
  private readonly scratch: number;
  private readonly free: number[];
  private readonly stateBytes: number;
  private readonly grows: boolean;

  /** `grows`: nobody else has anything in this memory, and any number of hashes may be open. */
  constructor(exports: HashExports, memory: WebAssembly.Memory, start: number, grows = false) {
    const stateBytes = exports.hashStateBytes();
    this.stateBytes = stateBytes;
    this.grows = grows;
    this.exports = exports;
    this.memory = memory;
    this.free = Array.from({ length: STATES }, (_, index) => start + index * stateBytes);
    this.scratch = start + STATES * stateBytes;
    this.end = this.scratch + SCRATCH_BYTES;
  }

  begin(): StoredHash {
    if (this.free.length === 0 && this.grows) this.grow();
    const state = must(this.free.pop(), 'room for one more hash');
    this.exports.beginHash(state);
    return {
      add: (bytes) => this.add(state, bytes),
      end: () => {
        this.free.push(state);
        return hexadecimal(this.exports.endHash(state));
      },
      drop: () => void this.free.push(state),
    };
  }

  private grow(): void {
    const start = this.memory.grow(1) * PAGE_BYTES;
    for (let at = 0; at + this.stateBytes <= PAGE_BYTES; at += this.stateBytes) this.free.push(start + at);
  }

  private add(state: number, bytes: Uint8Array): void {
    const { buffer } = this.memory;
    if (bytes.buffer === buffer) {
      this.exports.addToHash(state, bytes.byteOffset, bytes.length);
      return;
    }
    const scratch = new Uint8Array(buffer, this.scratch, SCRATCH_BYTES);
    for (let at = 0; at < bytes.length; at += SCRATCH_BYTES) {
      const piece = bytes.subarray(at, at + SCRATCH_BYTES);
      scratch.set(piece);
      this.exports.addToHash(state, this.scratch, piece.length);
    }
  }
}

/** A hash under way, of bytes that come in pieces. Exactly one of `end` and `drop` is its end. */
export interface StoredHash {
  readonly add: (bytes: Uint8Array) => void;
  readonly end: () => string;
  readonly drop: () => void;
}

/** A hash without a kernel. */
export function beginStoredHash(): StoredHash {
  arena ??= ownArena();
  return arena.begin();
}

export function storedHashOf(bytes: Uint8Array): string {
  const hash = beginStoredHash();
  hash.add(bytes);
  return hash.end();
}

/** Of this thread. */
let arena: HashArena | undefined;

function ownArena(): HashArena {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const instance = new WebAssembly.Instance(compiled('hash.wasm'), { env: { memory } });
  const exports = instance.exports as unknown as HashExports & { memoryStart(): number };
  return new HashArena(exports, memory, Math.ceil(exports.memoryStart() / 64) * 64, true);
}

/** 64 bits as 16 digits. */
export function hexadecimal(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}
