/** The statement beside a file of bare rows. */

import { expect, test } from 'vitest';

import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS, loadDataStatement } from '../../../src/format/load-data.ts';
import type { LoadDataColumn } from '../../../src/format/load-data.ts';

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
