/** The statement beside a file of bare rows. */

import { expect, test } from 'vitest';

import {
  CSV_SEPARATORS,
  LOAD_DATA_SEPARATORS,
  loadDataStatement,
  readLoadData,
} from '../../../src/format/load-data.ts';
import type { LoadDataColumn, ReadUse } from '../../../src/format/load-data.ts';

const plain = (name: string): LoadDataColumn => ({ name, through: 'bytes' });

test('is spelt as mydumper spells it', () => {
  const statement = {
    fileName: 'shop.t.00000.dat',
    table: 't',
    separators: LOAD_DATA_SEPARATORS,
    hasHeader: false,
    columns: [plain('id'), { name: 'a`b', through: 'characters' }],
  } as const;
  expect(loadDataStatement(statement)).toBe(
    "LOAD DATA LOCAL INFILE 'shop.t.00000.dat' INTO TABLE `t` CHARACTER SET binary FIELDS TERMINATED BY '\\t' ENCLOSED BY '' " +
      "ESCAPED BY '\\\\' LINES STARTING BY '' TERMINATED BY '\\n' (`id`,@v1)SET `a``b`=CONVERT(@v1 USING UTF8MB4)",
  );
  const separators = { ...CSV_SEPARATORS, fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' };
  expect(loadDataStatement({ ...statement, separators, hasHeader: true, columns: [plain('id')] })).toBe(
    "LOAD DATA LOCAL INFILE 'shop.t.00000.dat' INTO TABLE `t` CHARACTER SET binary FIELDS TERMINATED BY ',' ENCLOSED BY '\\'' " +
      "ESCAPED BY '\\\\' LINES STARTING BY '' TERMINATED BY '\\r\\n' IGNORE 1 LINES (`id`)",
  );
});

const OURS = loadDataStatement({
  fileName: 'shop.t.00000.dat.zst',
  table: "it's`a",
  separators: { ...CSV_SEPARATORS, fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' },
  hasHeader: true,
  columns: [
    { name: 'id', through: 'counter' },
    { name: 'a`,b)', through: 'characters' },
    { name: '@é', through: 'bytes' },
    { name: 'end', through: 'end-of-time' },
    { name: 'g', through: 'nothing' },
  ],
});

test('is read as it was written, and sent as it stands', () => {
  const use = (name: string, before = '', behind = ''): ReadUse[] => [{ name, before, behind }];
  const endOfTime = /IFNULL\(@v3(,.*)$/.exec(OURS)?.[1];
  expect(readLoadData(Buffer.from(OURS))).toEqual({
    sql: Buffer.from(OURS),
    sqlWithoutHeader: Buffer.from(OURS.replace('IGNORE 1 LINES ', '')),
    fileName: 'shop.t.00000.dat.zst',
    table: "`it's``a`",
    duplicates: undefined,
    charset: 'binary',
    separators: { ...CSV_SEPARATORS, fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' },
    headerLines: 1,
    values: [
      { uses: use('`id`'), column: undefined },
      { uses: use('`a``,b)`', 'CONVERT(', ' USING UTF8MB4)'), column: undefined },
      { uses: use(Buffer.from('`@é`').toString('latin1')), column: '@é' },
      { uses: use('`end`', 'IFNULL(', endOfTime), column: undefined },
      { uses: [], column: undefined },
    ],
  });
});

test("is read as mydumper wrote it; rows of no character set are bytes, not what the target's default is", () => {
  const theirs =
    "LOAD DATA LOCAL INFILE 'shop.t.00000.dat' INTO TABLE `t` FIELDS TERMINATED BY '\\t' ENCLOSED BY '' ESCAPED BY '\\\\' " +
    "LINES STARTING BY '' TERMINATED BY '\\n' (`id`,@j,@b)SET `j`=CONVERT(@j USING UTF8MB4),`b`=UNHEX(@b)";
  const read = readLoadData(Buffer.from(theirs));
  const sent = theirs.replaceAll('@j', '@v1').replaceAll('@b', '@v2');
  expect(read?.sql.toString()).toBe(sent.replace('`t` FIELDS', '`t` CHARACTER SET binary FIELDS'));
  expect(read).toMatchObject({
    separators: LOAD_DATA_SEPARATORS,
    headerLines: 0,
    values: [{ column: 'id' }, { column: undefined }, { uses: [{ name: '`b`', before: 'UNHEX(', behind: ')' }] }],
  });
  const withCharset = theirs.replace('`t` FIELDS', '`t` CHARACTER SET latin1 FIELDS');
  expect(readLoadData(Buffer.from(withCharset))?.sql.toString()).toBe(
    sent.replace('`t` FIELDS', '`t` CHARACTER SET latin1 FIELDS'),
  );
  // mydumper 0.11
  const replacing = withCharset.replace("' INTO", "' REPLACE INTO");
  expect(readLoadData(Buffer.from(replacing))).toMatchObject({
    duplicates: 'REPLACE',
    table: '`t`',
    charset: 'latin1',
  });
});

test.each([
  ['LOCAL ', ''],
  [' INTO TABLE', ' LOW_PRIORITY INTO TABLE'],
  ['INTO TABLE ', 'INTO TABLE `mysql`.'],
  [' CHARACTER SET binary', ' PARTITION (p) CHARACTER SET binary'],
  ['CONVERT(@v1 USING UTF8MB4)', '(SELECT 1)'],
  ['CONVERT(@v1 USING UTF8MB4)', 'LOAD_FILE(@v1)'],
  ['CONVERT(@v1 USING UTF8MB4)', 'CONVERT(@v1 USING UTF8MB4)+1'],
  [/$/, ' '],
  [/$/, '; DROP TABLE t'],
])('is not read once %s is "%s"', (from, to) => {
  const changed = OURS.replace(from, to);
  expect(changed).not.toBe(OURS);
  expect(readLoadData(Buffer.from(changed))).toBeUndefined();
});
