/**
 * Check: one file, read from its first byte to its last.
 *
 * In: a name and what its text should be. Out: the hash of the stored bytes, how much text and how many rows there are, and the first
 * thing that is wrong with it. A file that is wrong is no error here; only what cannot be read for another reason is.
 */
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { readSchemaStatements } from '../format/code.ts';
import { decodedChunks } from '../format/codec.ts';
import { lineAt, readStatements, statementKind } from '../format/statements.ts';
import { beginStoredHash } from '../kernel/stored-hash.ts';
import { countBareRows } from './count-bare-rows.ts';
import { DataStatements } from './data-statements.ts';
import { ForeignStatements } from './foreign.ts';
import { Counter } from './job.ts';
import type { CheckJob, CheckSetup, FileReport } from './job.ts';
import { statementBeside } from './statement-beside.ts';

/** @throws ToolError STORAGE when the system does not let it be read. */
export async function checkFile(setup: CheckSetup, job: CheckJob): Promise<FileReport> {
  const { counters, directory } = setup;
  const path = join(directory, job.name);
  const hash = beginStoredHash();
  let isHashOpen = true;
  let bytes = 0;
  const counted = new Rows(counters);
  const onRead = (storedBytes: number, read: Buffer): void => {
    hash.add(read);
    counters[Counter.STORED_BYTES]! += storedBytes;
  };
  const source = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of decodedChunks(path, job.codec, { onRead })) {
      bytes += chunk.length;
      counters[Counter.BYTES]! += chunk.length;
      yield chunk;
    }
  };
  try {
    const foreign = await readText(setup, job, path, source(), counted);
    isHashOpen = false;
    return { name: job.name, xxh3: hash.end(), bytes, rows: counted.rows, foreign };
  } catch (error) {
    if (!(error instanceof ToolError) || (error.code !== 'DUMP_DAMAGED' && error.code !== 'DUMP_INCOMPLETE'))
      throw error;
    return {
      name: job.name,
      bytes,
      rows: counted.rows,
      problem: error.message.replace(`${path}, `, '').replace(`${path} `, ''),
    };
  } finally {
    if (isHashOpen) hash.drop();
  }
}

/** Out: the first statement that a load would not run. */
async function readText(
  { backslashEscapes, directory, foldsNames }: CheckSetup,
  job: CheckJob,
  path: string,
  source: AsyncGenerator<Buffer>,
  counted: Rows,
): Promise<string | undefined> {
  const judge = job.owner && new ForeignStatements(job.owner, foldsNames);
  switch (job.text) {
    case 'rows': {
      const textAgain = (): AsyncGenerator<Buffer> => decodedChunks(path, job.codec);
      const statements = new DataStatements(path, backslashEscapes, textAgain, judge);
      for await (const statement of readStatements(source, { path })) counted.add(await statements.read(statement));
      return statements.foreign;
    }
    case 'bare-rows': {
      const statement = await statementBeside(directory, job.name, job.codec);
      for await (const rows of countBareRows(source, statement, path)) counted.add(rows);
      return undefined;
    }
    case 'definitions': {
      let definitions = 0;
      let foreign: string | undefined;
      for await (const { bytes, number, offset } of readSchemaStatements(source, { path })) {
        if (statementKind(bytes) !== 'set') definitions++;
        const why = foreign === undefined ? judge?.whyNot(bytes) : undefined;
        if (why === undefined) continue;
        const line = await lineAt(decodedChunks(path, job.codec), offset);
        foreign = `statement ${number}, which begins in line ${line}, ${why}`;
      }
      if (definitions === 0) throw new ToolError('DUMP_DAMAGED', `${path} defines nothing`);
      return foreign ?? judge?.whyNotAll;
    }
    case 'bytes':
      for await (const _ of source);
      return undefined;
  }
}

/** Of a file, as they are found, and of all files for whoever watches. */
class Rows {
  rows = 0;
  private readonly counters: Float64Array;

  constructor(counters: Float64Array) {
    this.counters = counters;
  }

  add(rows: number): void {
    this.rows += rows;
    this.counters[Counter.ROWS]! += rows;
  }
}
