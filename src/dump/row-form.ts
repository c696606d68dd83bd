/**
 * Row form: how the rows of a task stand in files.
 *
 * In: the run's options and the task. Out: what the kernel is told, what stands in front of the rows, and what is written
 * beside them: INSERT statements need nothing; bare rows have the LOAD DATA statement that reads them, in a file of its own.
 */
import type { Separators } from '../base/separators.ts';
import { disguisedOpening } from '../format/data-names.ts';
import { insertWords, loadDataStatement } from '../format/load-data.ts';
import { ValueKind } from '../kernel/forms.ts';
import type { BareLayout, InsertLayout } from '../kernel/kernel.ts';
import { escapedText } from '../kernel/separators.ts';
import { quoteName } from '../schema/names.ts';
import type { BareRows } from './options.ts';
import type { DataTask, WorkerSetup } from './task.ts';

export interface RowForm {
  readonly file: 'sql' | 'dat';
  readonly layout: InsertLayout | BareLayout;
  /** What every file of rows begins with. */
  readonly header: Uint8Array;
  /** Makes the statement, without its end, that belongs beside the file of this name. */
  readonly statementBeside: ((fileName: string) => Buffer) | undefined;
}

export function rowForm(setup: WorkerSetup, task: DataTask): RowForm {
  return setup.bareRows === undefined ? insertForm(setup, task) : bareForm(setup.bareRows, setup, task);
}

function insertForm(setup: WorkerSetup, task: DataTask): RowForm {
  const columns = task.namesColumns ? ` (${task.columns.map(({ name }) => quoteName(name)).join(',')})` : '';
  return {
    file: 'sql',
    layout: {
      kinds: kindsOf(task),
      opening: disguisedOpening(`${insertWords(setup.duplicates)} INTO ${quoteName(task.table)}${columns} VALUES(`),
      maxStatementBytes: setup.maxStatementBytes,
    },
    header: statementHeader(setup, task),
    statementBeside: undefined,
  };
}

function bareForm({ separators, withHeader }: BareRows, { duplicates }: WorkerSetup, task: DataTask): RowForm {
  const { table } = task;
  const header = withHeader ? columnLine(task, separators) : Buffer.alloc(0);
  const columns = task.columns.map(({ name, kind, through = kind === ValueKind.JSON ? 'characters' : 'bytes' }) => ({
    name,
    through,
  }));
  return {
    file: 'dat',
    layout: { kinds: kindsOf(task), separators, headerBytes: header.length },
    header,
    statementBeside: (fileName) =>
      disguisedOpening(loadDataStatement({ fileName, table, separators, duplicates, hasHeader: withHeader, columns })),
  };
}

/** The first statements of a file of statements. */
export function statementHeader({ header }: WorkerSetup, { settings }: DataTask): Uint8Array {
  if (settings.length === 0) return header;
  return Buffer.concat([header, Buffer.from(settings.map((statement) => `${statement};\n`).join(''))]);
}

/** Tables that are alike share their list of columns, and so this one. */
const knownKinds = new WeakMap<DataTask['columns'], readonly ValueKind[]>();

function kindsOf({ columns }: DataTask): readonly ValueKind[] {
  const kinds = knownKinds.get(columns) ?? columns.map(({ kind }) => kind);
  knownKinds.set(columns, kinds);
  return kinds;
}

/** As mydumper writes it: without what begins the lines of rows. */
function columnLine(task: DataTask, separators: Separators): Buffer {
  const { fieldsTerminatedBy, fieldsEnclosedBy: enclosure, linesTerminatedBy } = separators;
  const names = task.columns.map(({ name }) => enclosure + escapedText(name, separators) + enclosure);
  return Buffer.from(names.join(fieldsTerminatedBy) + linesTerminatedBy);
}
