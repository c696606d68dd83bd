/**
 * The guard between a dump and the target: no statement of a file is run that the file's object does not need
 * (src/schema/belongs), unless the dump is trusted. Files are judged when they are about to be run, a file of definitions whole.
 */
import { isUtf8 } from 'node:buffer';

import { ToolError } from '../base/errors.ts';
import { decodedChunks } from '../format/codec.ts';
import { lineAt } from '../format/statements.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { FileJudge } from '../schema/belongs/belongs.ts';
import type { Owner, Surroundings } from '../schema/belongs/belongs.ts';
import { executesOf } from '../schema/belongs/tokens.ts';
import type { DumpFile } from './contents.ts';

interface FileStatement {
  /** Counts from 1. */
  readonly number: number;
  /** In the decoded text, in bytes. */
  readonly offset: number;
  readonly bytes: Buffer;
}

export class Guard {
  private readonly surroundings: Surroundings;
  private readonly trustsDump: boolean;

  constructor({ product, version, variables }: ServerInfo, trustsDump: boolean) {
    this.surroundings = {
      executes: executesOf(product, version),
      foldsNames: variables.get('lower_case_table_names') !== '0',
    };
    this.trustsDump = trustsDump;
  }

  /** Undefined: everything may be run. */
  judgeOf(owner: Owner): FileJudge | undefined {
    return this.trustsDump ? undefined : new FileJudge(owner, this.surroundings);
  }

  /** @throws ToolError FOREIGN_STATEMENT for the first statement of a file of definitions that does not belong there. */
  async admit(file: DumpFile, owner: Owner, statements: readonly FileStatement[]): Promise<void> {
    const judge = this.judgeOf(owner);
    for (const statement of judge === undefined ? [] : statements) {
      const why = judge?.whyNot(statement.bytes);
      if (why === undefined) continue;
      const line = await lineAt(decodedChunks(file.path, file.codec), statement.offset);
      throw foreignStatement(`${file.name}, statement ${statement.number} (line ${line})`, statement.bytes, why);
    }
    const missing = judge?.missing;
    if (missing === undefined) return;
    throw new ToolError(
      'FOREIGN_STATEMENT',
      `${file.name} is not run: it drops ${missing} and does not create it again`,
    );
  }
}

const SHOWN_BYTES = 60;

/** @param place "t-schema.sql, statement 3 (line 7)" */
export function foreignStatement(place: string, statement: Buffer, why: string): ToolError {
  const words = statement.subarray(0, SHOWN_BYTES);
  const text = words
    .toString(isUtf8(words) ? 'utf8' : 'latin1')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const dots = statement.length > SHOWN_BYTES ? ' …' : '';
  return new ToolError('FOREIGN_STATEMENT', `${place} is not run: ${why}: ${text}${dots}`);
}
