/**
 * Fetch: one chunk of a table, from SELECT to files.
 *
 * The rows pass as raw packets from the socket through the kernel; nothing is made of them in JavaScript. A warning that
 * the server attached to the result is an error here: it means that a value was cut or lost (a JSON document larger than
 * the server's own max_allowed_packet comes back as NULL with a warning).
 */
import { ToolError } from '../base/errors.ts';
import { sum } from '../base/numbers.ts';
import type { RowKernel } from '../kernel/kernel.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { notNull } from './chunk/chunk.ts';
import type { KeyValues } from './chunk/chunk.ts';
import { behindName } from './chunk/source.ts';
import { quoteQualified } from '../schema/names.ts';
import { rowForm } from './row-form.ts';
import type { DataTask, TaskResult, WorkerSetup, WrittenFile } from './task.ts';
import { DataWriter } from './write.ts';

export interface FetchedChunk extends TaskResult {
  /** Settles when the files are on the disk under their names. */
  readonly durable: Promise<void>;
}

/** Resolves when the rows are written; the files may still be on their way to the disk. */
export async function fetchChunk(
  setup: WorkerSetup,
  session: Session,
  kernel: RowKernel,
  task: DataTask,
): Promise<FetchedChunk> {
  const doing = `reading ${task.database}.${task.table}, part ${task.part}`;
  let writer: DataWriter | undefined;
  try {
    const { warnings } = await saying(doing, () =>
      session.select(selectStatement(task), () => {
        const form = rowForm(setup, task);
        kernel.begin(form.layout);
        writer = new DataWriter(setup, task, { kernel, form });
        return writer;
      }),
    );
    if (warnings > 0) throw await warned(session, doing, warnings);
    if (writer === undefined) throw new ToolError('INTERNAL', `no rows were asked for while ${doing}`);
    const files = await writer.finish();
    const next = isFull(task, files) ? await saying(doing, () => keyBehind(session, task)) : undefined;
    return { files, ...(next === undefined ? {} : { next }), durable: writer.durable };
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

export function selectStatement(task: DataTask): string {
  // Only MariaDB reads /*M! */, and only it still has a query cache to be spared.
  const columns = task.columns.map(({ expression }) => expression).join(',');
  return `SELECT /*M! SQL_NO_CACHE */ ${columns} FROM ${quoteQualified(task.database, task.table)}${selectRest(task)}`;
}

/** What stands behind the table's name. */
export function selectRest(task: DataTask): string {
  const { window, extract } = task;
  const rows = rowsOf(task);
  if (window !== undefined) return `${rows} ORDER BY ${window.order} LIMIT ${window.skip}, ${window.rows}`;
  return extract?.limit === undefined ? rows : `${rows} LIMIT ${extract.limit}`;
}

/** Whether there may be more rows behind the chunk's window. */
function isFull({ window }: DataTask, files: readonly WrittenFile[]): boolean {
  return window !== undefined && sum(files.map(({ rows }) => rows)) >= window.rows;
}

/** In the snapshot that the chunk was read in, so that no row is left out and none is read twice. */
async function keyBehind(session: Session, task: DataTask): Promise<KeyValues | undefined> {
  const { window } = task;
  if (window === undefined) return undefined;
  const rows = `${quoteQualified(task.database, task.table)}${rowsOf(task)}`;
  const key = `SELECT ${window.key} FROM ${rows} ORDER BY ${window.order} LIMIT ${window.skip + window.rows}, 1`;
  const [row] = (await session.query(key)).rows;
  return row && notNull(row);
}

/** From behind the table's name to the condition. */
function rowsOf({ partition, withHistory, index, where, extract }: DataTask): string {
  const partitions = partition === undefined ? extract?.partitions : [partition];
  const conditions = [where, ...(extract?.conditions ?? [])].filter((each) => each !== undefined);
  const condition = conditions.length === 0 ? '' : ` WHERE (${conditions.join(') AND (')})`;
  return `${behindName({ partitions, withHistory, index })}${condition}`;
}

async function warned(session: Session, doing: string, warnings: number): Promise<ToolError> {
  const { rows } = await session.query('SHOW WARNINGS LIMIT 3');
  const texts = rows.map((row) => row.map((value) => value?.toString('utf8')).join(' '));
  return new ToolError('SERVER_REFUSED', `the server gave ${warnings} warnings while ${doing}: ${texts.join('; ')}`, {
    hint: 'a value may be cut; if it is larger than max_allowed_packet of the server, raise that',
  });
}
