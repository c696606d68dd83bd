/**
 * Readers of files that somebody else wrote: whatever stands in them, they end, well or with an error that names the file, and
 * never with a defect. What was found this way stands with its property as an example.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ToolError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { readOptionFile } from '../../src/cli/options/file.ts';
import { readLoginFile } from '../../src/cli/sources/login-path.ts';
import { readSchemaStatements } from '../../src/format/code.ts';
import { dataText } from '../../src/format/data-text.ts';
import { listDump } from '../../src/format/directory.ts';
import { readInventory } from '../../src/format/inventory.ts';
import { textLines } from '../../src/format/lines.ts';
import { readMetadata } from '../../src/format/metadata-reader.ts';
import { fileName, MANIFEST_NAME, METADATA_NAME, parseFileName } from '../../src/format/names.ts';
import { readStatements } from '../../src/format/statements.ts';
import { FileJudge } from '../../src/schema/belongs/belongs.ts';
import type { Owner } from '../../src/schema/belongs/belongs.ts';
import { executesOf } from '../../src/schema/belongs/tokens.ts';
import { readDumped } from '../../src/verify/against/dumped.ts';
import { readExpected } from '../../src/verify/expected.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-hostile-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Runs what may be refused, but only so. */
async function mayRefuse(codes: readonly ErrorCode[], run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ToolError) || !codes.includes(error.code)) throw error;
  }
}

/** A busy machine tries fewer. */
const bounded = (numRuns: number) => ({ numRuns, interruptAfterTimeLimit: 3000 });

const DAMAGED = ['DUMP_DAMAGED', 'DUMP_INCOMPLETE', 'USAGE'] as const;

/** A text with pieces of it taken out, doubled and replaced. */
const changed = (text: string, pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.record({
        at: fc.nat({ max: text.length }),
        length: fc.nat({ max: 12 }),
        by: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5, unit: 'binary' })),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((edits) =>
      edits.reduce(
        (now, { at, length, by }) =>
          now.slice(0, at % (now.length + 1)) + by + now.slice((at % (now.length + 1)) + length),
        text,
      ),
    );

const METADATA = `# Started dump at: 2026-11-21 12:01:26
[config]
quote-character = BACKTICK

[myloader_session_variables]
SQL_MODE='NO_AUTO_VALUE_ON_ZERO' /*!40101

[source]
# executed_gtid_set = "0-1-44"
# SOURCE_LOG_POS = 13721

[\`shop\`.\`mydumper_1\`]
real_table_name=back\`\`tick
rows = 3

[\`shop\`]
schema_checksum = 0
# Finished dump at: 2026-11-21 12:01:26
`;

const HEAD = {
  format: 'tsdump-manifest',
  version: 1,
  tool: 'x',
  server: { product: 'MySQL', version: '9' },
  hashes: 1,
  startedAt: '2026-11-21T12:00:00.000Z',
  position: { file: 'binlog.1', position: 4, gtidSet: '' },
  sqlMode: '',
  extension: '.zst',
  complete: ['table'],
  points: [
    { startedAt: '2026-11-21T12:00:00.000Z', position: {}, isConsistent: true },
    { startedAt: '2026-11-21T13:00:00.000Z', position: { file: 'binlog.2', position: 4 }, isConsistent: true },
  ],
};
const FILE = {
  name: 'shop.t.00000.sql',
  storedBytes: 5,
  rows: 1,
  bytes: 5,
  longestStatementBytes: 5,
  xxh3: '00',
  rowHash: 'ff',
};
const TABLE = {
  table: 't',
  database: 'shop',
  encoded: 't',
  rows: 1,
  columns: [{ name: 'id', type: 'int' }],
  select: ['id'],
  chunks: [{ part: 0, rest: '' }],
  files: [FILE],
  point: 0,
};
const LINES = [
  { database: 'shop', encoded: 'shop' },
  TABLE,
  { file: 'shop.t-schema.sql', storedBytes: 5, xxh3: '00' },
  { skipped: 'x', why: 'y' },
];

type Json = Readonly<Record<string, unknown>>;

/** A value with one of its values replaced by any. */
function withChange(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  const entries = Object.entries(value);
  if (entries.length === 0) return by;
  const at = step % entries.length;
  const changedEntries = entries.map(([key, each], index) => [key, index === at ? withChange(each, rest, by) : each]);
  return Array.isArray(value) ? changedEntries.map(([, each]) => each) : Object.fromEntries(changedEntries);
}

/** With the counts and the hash that it must have. */
function manifest(head: unknown, lines: readonly unknown[]): string {
  const text = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  const tables = lines.filter((line) => typeof line === 'object' && line !== null && 'table' in line) as Json[];
  const files = lines.filter((line) => typeof line === 'object' && line !== null && 'file' in line).length;
  const ofTables = tables.reduce((sum, { files: each }) => sum + (Array.isArray(each) ? each.length : 0), 0);
  const rows = tables.reduce((sum, { rows: each }) => sum + Number(each), 0);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return `${text}${JSON.stringify({ end: true, files: files + ofTables, tables: tables.length, rows, sha256 })}\n`;
}

async function readAll(): Promise<void> {
  const listing = await listDump(directory);
  await mayRefuse(DAMAGED, () => readInventory(listing, () => undefined));
  await mayRefuse(DAMAGED, () => readExpected(listing));
  await mayRefuse(DAMAGED, () => readDumped(directory));
}

async function* chunksOf(text: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += 7) yield await Promise.resolve(Buffer.from(text.subarray(at, at + 7)));
}

describe('a reader of files from elsewhere', () => {
  it('of metadata', async () => {
    const pieces = [
      '[',
      ']',
      '`',
      '=',
      '\n',
      '\0',
      '# ',
      'rows = 99999999999999999999',
      '__proto__',
      'real_table_name=',
    ];
    await fc.assert(
      fc.asyncProperty(changed(METADATA, pieces), async (text) => {
        writeFileSync(join(directory, METADATA_NAME), text);
        await mayRefuse(DAMAGED, () => readMetadata(directory));
      }),
      bounded(1000),
    );
  });

  it('of a manifest whose hash is right', async () => {
    writeFileSync(join(directory, METADATA_NAME), METADATA);
    const by = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(2 ** 53, -1, 0.5, 1e308, null, '../x', '\0', 'constructor', [], {}, [[[[]]]]),
    );
    const path = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(path, by, async (at, value) => {
        const [head, ...lines] = withChange([HEAD, ...LINES], at, value) as unknown[];
        writeFileSync(join(directory, MANIFEST_NAME), manifest(head, lines));
        await readAll();
      }),
      {
        ...bounded(1500),
        examples: [
          [[2, 7, 0, 6], 'no hash'],
          [[2, 5], {}],
          [[2, 6], 'chunks'],
          [[2, 4, 0], null],
          [[0, 3], null],
        ],
      },
    );
  });

  it('of a manifest that is no manifest', async () => {
    writeFileSync(join(directory, METADATA_NAME), METADATA);
    const pieces = ['{', '}', '[', '"', ',', '\n', '\\u0000', '1e999', '['.repeat(50_000), '{"a":'.repeat(20_000)];
    await fc.assert(
      fc.asyncProperty(changed(manifest(HEAD, LINES), pieces), async (text) => {
        writeFileSync(join(directory, MANIFEST_NAME), text);
        await readAll();
      }),
      bounded(500),
    );
    rmSync(join(directory, MANIFEST_NAME));
  });

  it('of lines longer than any of a dump', async () => {
    const lines = async (): Promise<void> => {
      for await (const line of textLines(chunksOf(Buffer.from(`short\n${'x'.repeat(100)}`)), {
        path: 'x',
        maxLineBytes: 50,
      }))
        expect(line).toBe('short');
    };
    await expect(lines()).rejects.toMatchObject({
      code: 'DUMP_DAMAGED',
      message: expect.stringContaining('x, line 2, is longer'),
    });
  });

  it('of file names: none leads out of the directory, and each that means something is written again as it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '.',
        '..',
        '/',
        '\\',
        '\0',
        '-schema',
        '.sql',
        '.zst',
        '.gz',
        '.dat',
        '00000',
        'metadata',
        '-schema-view',
        '99999999999999999999',
        '`',
        "'",
      ),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
        (name) => {
          const meaning = parseFileName(name);
          if (!('codec' in meaning) || meaning.kind === 'accounts') return;
          expect(join('/dump', name)).toBe(`/dump/${name}`);
          if (meaning.kind === 'data' && !/^[^.]+\.[^.]+\.\d{5}(?:\.\d{5})?\.(?:sql|dat)/.test(name)) return;
          if (meaning.kind === 'data' && /\.00000\.(?:sql|dat)/.test(name) && /\.\d{5}\.00000\./.test(name)) return;
          expect(fileName(meaning)).toBe(name);
        },
      ),
      bounded(5000),
    );
  });

  it('of statements, of data and of definitions', async () => {
    const piece = fc.constantFrom(
      ';',
      '\n',
      ';\n',
      '\r\n',
      '\ufeff',
      '/*',
      '*/',
      '/*!',
      '#',
      '-- ',
      '\0',
      '/*!99999 \\d #; */ #',
      '#',
      'x',
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')));
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        await mayRefuse(DAMAGED, async () => {
          for await (const { rest } of readStatements(dataText(chunksOf(bytes)), { path: 'x', maxBufferedBytes: 9 }))
            for await (const _ of rest ?? []);
        });
        await mayRefuse(DAMAGED, async () => {
          for await (const _ of readSchemaStatements(chunksOf(bytes), { path: 'x' }));
        });
      }),
      bounded(2000),
    );
  });

  it('of what belongs into a file', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'SET SESSION NAMES = @ @@ @a CREATE TABLE VIEW DEFINER INSERT INTO REPLACE VALUES ( ) ` \' " \\ /* */ /*! /*!50000 /*!999999 /*M! # -- DROP IF EXISTS'.split(
          ' ',
        ),
        '\n',
        '\0',
        'LOAD DATA LOCAL INFILE',
      ),
      fc.string({ maxLength: 3, unit: 'binary' }),
    );
    const owner = fc.constantFrom<Owner>(
      { holds: 'rows', database: 'd', name: 'n' },
      { holds: 'table', database: 'd', name: 'n' },
      { holds: 'code', database: 'd' },
    );
    fc.assert(
      fc.property(owner, fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 3 }), (each, statements) => {
        const judge = new FileJudge(each, { executes: executesOf('MySQL', 90_704), foldsNames: true });
        for (const pieces of statements) judge.whyNot(Buffer.from(pieces.join(' '), 'latin1'));
      }),
      bounded(5000),
    );
  });

  it('of option files and login paths', async () => {
    const text = '[client]\nuser = "x"\npassword=a#b\n!include other.cnf\n[tsload]\nthreads=4\n';
    const pieces = ['[', ']', '=', '\n', '#', '"', "'", '\\', '\0', '!include x\n', '!includedir x\n', '\ufeff'];
    await fc.assert(
      fc.asyncProperty(changed(text, pieces), fc.uint8Array({ maxLength: 80 }), async (options, bytes) => {
        await mayRefuse(['USAGE'], () =>
          readOptionFile('x', options, { readFile: () => options, filesIn: () => ['x.cnf', 'y.cnf'] }),
        );
        await mayRefuse(['USAGE'], () => readLoginFile('x', Buffer.from(bytes)));
      }),
      bounded(1000),
    );
  });
});
