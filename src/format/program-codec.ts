/**
 * Files that go through a program of the operator's on their way to the disk and back: other compression, or encryption. One
 * process a file, text in and stored bytes out, or the other way round. Nothing is kept: what the program does not take waits.
 */

import type { Readable, Writable } from 'node:stream';
import { must, ToolError } from '../base/errors.ts';
import { RunningProgram } from '../base/program.ts';
import type { Command } from '../base/program.ts';
import type { OnRead } from './byte-reader.ts';
import { plainChunks, SpareBuffers } from './plain-reader.ts';

export interface ProgramCodec {
  /** Reads one form of a file on stdin and writes the other on stdout: packs for a dump, unpacks for a load. */
  readonly program: Command;
  /** What the names of its files end in: ".enc". */
  readonly extension: string;
}

/** One file on its way through the program. Exactly one of {@link end} and {@link stop} ends it. */
export class ProgramPipe {
  private readonly running: RunningProgram;
  private readonly name: string;
  private readonly output: Promise<void>;

  /** `hear` gets what comes out; what it throws ends the program. */
  constructor({ program }: ProgramCodec, name: string, hear: (bytes: Buffer) => void) {
    this.name = name;
    this.running = new RunningProgram(program, name, { stdin: 'pipe', stdout: 'pipe' });
    this.stdin.on('error', () => undefined); // each write hears of it
    this.output = this.readAll(hear);
    this.output.catch(() => undefined); // awaited at the end
  }

  /** Resolves when the program has taken the bytes, which may be changed then. @throws ToolError PROGRAM_FAILED. */
  async write(bytes: Uint8Array): Promise<void> {
    const refused = await new Promise<unknown>((resolve) => void this.stdin.write(bytes, resolve));
    if (refused !== undefined && refused !== null) throw await this.reasonOfRefusal(refused);
  }

  /** Resolves when all that comes out has been heard. @throws ToolError PROGRAM_FAILED; what `hear` threw. */
  async end(): Promise<void> {
    this.stdin.end();
    await this.output;
    await this.running.ended;
  }

  /** Nothing more is heard once it resolves. */
  async stop(): Promise<void> {
    this.running.stop();
    await Promise.allSettled([this.output, this.running.ended]);
  }

  private get stdin(): Writable {
    return must(this.running.process.stdin, 'stdin of a program');
  }

  private async readAll(hear: (bytes: Buffer) => void): Promise<void> {
    try {
      for await (const chunk of stdoutOf(this.running)) hear(chunk);
    } catch (error) {
      this.running.stop();
      throw error;
    }
  }

  /** It may have said itself why it reads no further, or the disk may have been full. */
  private async reasonOfRefusal(cause: unknown): Promise<unknown> {
    try {
      await this.output;
      await this.running.ended;
    } catch (error) {
      return error;
    }
    return new ToolError('PROGRAM_FAILED', `the program for ${this.name} ended before it had read everything`, {
      cause,
    });
  }
}

/** A whole block as the program makes it. @throws ToolError PROGRAM_FAILED. */
export async function packBlock(block: Uint8Array, codec: ProgramCodec, name: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  const pipe = new ProgramPipe(codec, name, (bytes) => void parts.push(bytes));
  await pipe.write(block);
  await pipe.end();
  return Buffer.concat(parts);
}

/**
 * The text of a file. Throws DUMP_DAMAGED with the program's words when it ends with another exit code than 0, DUMP_INCOMPLETE when
 * there is no such file, STORAGE when it cannot be read.
 */
export async function* unpacked(path: string, { program }: ProgramCodec, onRead: OnRead): AsyncGenerator<Buffer> {
  const running = new RunningProgram(program, path, { stdin: 'pipe', stdout: 'pipe' });
  const stdin = must(running.process.stdin, 'stdin of a program');
  stdin.on('error', () => undefined);
  const fed = feed(path, stdin, onRead).catch((error: unknown) => {
    running.stop();
    throw error;
  });
  fed.catch(() => undefined); // awaited behind the text
  try {
    yield* stdoutOf(running);
    await fed;
    await running.ended.catch((error: unknown) => {
      const hint = 'check the program of --exec-per-thread and its key, or take another copy of the dump';
      throw new ToolError('DUMP_DAMAGED', `${path} could not be read`, { cause: error, hint });
    });
  } finally {
    running.stop();
  }
}

/** What the program does not want to read is no error by itself: its exit code says what to think of it. */
async function feed(path: string, stdin: Writable, onRead: OnRead): Promise<void> {
  for await (const chunk of plainChunks(path, onRead, SpareBuffers.forOneFile())) {
    const refused = await new Promise<unknown>((resolve) => void stdin.write(chunk, resolve));
    if (refused !== undefined && refused !== null) return;
  }
  stdin.end();
}

const stdoutOf = ({ process }: RunningProgram): Readable => must(process.stdout, 'stdout of a program');
