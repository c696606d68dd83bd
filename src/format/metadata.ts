/**
 * The `metadata` file as tsdump writes it: an ini file in mydumper's spelling, made in chunks whatever the number of
 * tables. It is the last file of a dump to appear; its presence says that the dump is complete.
 */

import { ToolError } from '../base/errors.ts';
import type { BinlogPosition } from '../base/events.ts';

/** One table, view or sequence. */
export interface MetadataTable {
  /** Encoded names, as in the file names. */
  readonly database: string;
  readonly table: string;
  readonly realName: string;
  /** Rows written; 0 for a view. */
  readonly rows: number;
  readonly isView?: boolean | undefined;
  readonly isSequence?: boolean | undefined;
}

export interface MetadataText {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** For the sessions of the loader, e.g. "NO_AUTO_VALUE_ON_ZERO,ONLY_FULL_GROUP_BY". */
  readonly sqlMode: string;
  /** Rows stand in files that LOAD DATA LOCAL reads. */
  readonly needsLocalInfile?: boolean | undefined;
  readonly position: BinlogPosition;
  readonly tables: Iterable<MetadataTable>;
  /** The longest statement in a data file. */
  readonly maxStatementBytes: number;
}

const CHUNK_CHARACTERS = 64 * 1024;
/**
 * How mydumper writes a newline in a name: U+1000 and a zero (its source means one character but the language reads
 * two, and its reader undoes exactly that).
 */
export const NEWLINE_STAND_IN = '\u{1000}0';

/** The text of `metadata`, in chunks of about 64 KiB. */
export function* metadataChunks(metadata: MetadataText): Generator<Buffer> {
  let text = head(metadata);
  let sequences = 0;
  for (const table of metadata.tables) {
    text += group(table);
    if (table.isSequence === true) sequences += 1;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  text += `\n[config]\nmax-statement-size = ${metadata.maxStatementBytes}\nnum-sequences = ${sequences}\n`;
  text += `# Finished dump at: ${clockTime(metadata.finishedAt)}\n`;
  yield Buffer.from(text);
}

/** The first lines of `metadata`. The version comment of SQL_MODE is left open: that is how myloader wants it. */
function head(metadata: MetadataText): string {
  if (!/^[A-Za-z0-9_,]*$/.test(metadata.sqlMode)) {
    throw new ToolError('INTERNAL', `not an SQL mode: ${JSON.stringify(metadata.sqlMode)}`);
  }
  return (
    `# Started dump at: ${clockTime(metadata.startedAt)}\n` +
    `[config]\nquote-character = BACKTICK\n${metadata.needsLocalInfile === true ? 'local-infile = 1\n' : ''}\n` +
    `[myloader_session_variables]\nSQL_MODE='${metadata.sqlMode}' /*!40101\n` +
    source(metadata.position)
  );
}

/** As comments: live keys would make myloader set up replication. */
function source({ file, position, gtidSet }: BinlogPosition): string {
  if (file === undefined && gtidSet === undefined) return '';
  let text = '\n[source]\n';
  if (gtidSet !== undefined) text += `# executed_gtid_set = "${gtidSet.replaceAll(/\s+/g, '')}"\n`;
  if (file !== undefined) text += `# SOURCE_LOG_FILE = "${file}"\n# SOURCE_LOG_POS = ${position ?? 0}\n`;
  return text;
}

function group(table: MetadataTable): string {
  let text = `\n[\`${table.database}\`.\`${table.table}\`]\nreal_table_name=${inIni(table.realName)}\nrows = ${table.rows}\n`;
  if (table.isSequence === true) text += 'is_sequence = 1\n';
  if (table.isView === true) text += 'is_view = 1\n';
  return text;
}

/** myloader puts the real name between backticks as it stands, so they are doubled here. */
function inIni(name: string): string {
  return name.replaceAll('`', '``').replaceAll('\n', NEWLINE_STAND_IN);
}

/** Local time, as mydumper writes it. */
function clockTime(date: Date): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
