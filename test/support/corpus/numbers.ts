/** Numbers at their ends: integers, BIT, DECIMAL, floating point, YEAR. */

import { seeded } from '../row-driver.ts';
import type { Piece } from './piece.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

const INTEGERS = [
  ['TINYINT', 8],
  ['SMALLINT', 16],
  ['MEDIUMINT', 24],
  ['INT', 32],
  ['BIGINT', 64],
] as const;

/** A table for each type: signed, unsigned and with leading zeros, at both ends, around 0 and in between. */
function integers(): string {
  return INTEGERS.map(([type, width]) => {
    const top = 2n ** BigInt(width);
    const pairs: [bigint, bigint][] = [
      [-top / 2n, 0n],
      [top / 2n - 1n, top - 1n],
      [0n, 1n],
      [-1n, top / 2n],
      [1n, top - 2n],
      [-top / 3n, top / 3n],
    ];
    const rows = pairs.map(([signed, unsigned]) => `(${signed}, ${unsigned}, ${unsigned}, ${unsigned}, ${signed})`);
    return `CREATE TABLE in_${type} (s ${type}, u ${type} UNSIGNED, z ${type} ZEROFILL, w ${type}(20) ZEROFILL, n ${type}(1) NOT NULL);
      INSERT INTO in_${type} VALUES ${rows.join(', ')}, (NULL, NULL, NULL, NULL, 0)`;
  }).join(';');
}

/** A column for each width, filled with ones, zeros, a pattern, and bytes that SQL text would have to escape. */
function bits(): string {
  const widths = range(64).map((at) => at + 1);
  const values = [2n ** 64n - 1n, 0n, 1n, 0x5555555555555555n, 0x5c27220a0d001a5cn, 0x0d0a1a00275c5c22n];
  const row = (value: bigint): string =>
    `(${widths.map((width) => `b'${(value % 2n ** BigInt(width)).toString(2)}'`).join(', ')})`;
  return `CREATE TABLE widths (${widths.map((width) => `b${width} BIT(${width})`).join(', ')});
    INSERT INTO widths VALUES ${values.map(row).join(', ')}, (${widths.map(() => 'NULL').join(', ')})`;
}

/** Doubles of all magnitudes: random bit patterns, as text with the 17 digits that make them again. */
function doubles(count: number): string[] {
  const random = seeded(17);
  const view = new DataView(new ArrayBuffer(8));
  const numbers: string[] = [];
  while (numbers.length < count) {
    for (let at = 0; at < 8; at++) view.setUint8(at, random(256));
    const number = view.getFloat64(0);
    if (Number.isFinite(number)) numbers.push(number.toExponential(17));
  }
  return numbers;
}

function floats(count: number): string[] {
  const random = seeded(9);
  const view = new DataView(new ArrayBuffer(4));
  const numbers: string[] = [];
  while (numbers.length < count) {
    for (let at = 0; at < 4; at++) view.setUint8(at, random(256));
    const number = view.getFloat32(0);
    if (Number.isFinite(number) && Math.abs(number) > 1.2e-38) numbers.push(number.toExponential(17));
  }
  return numbers;
}

/** Numbers of up to 17 digits, with the point anywhere, that columns with a number of decimals have to round. */
function roundedRows(count: number): string {
  const random = seeded(23);
  const number = (digits: number): string => {
    const text = Array.from({ length: 1 + random(digits) }, () => String(random(10))).join('');
    return `${random(2) === 0 ? '-' : ''}${text}e-${random(12)}`;
  };
  return range(count)
    .map(() => `(${number(17)}, ${number(17)}, ${number(6)}, ${number(12)})`)
    .join(', ');
}

const DOUBLE_ENDS = [
  '1.7976931348623157e308',
  '-1.7976931348623157e308',
  '2.2250738585072014e-308',
  '-2.2250738585072014e-308',
  '5e-324',
  '-5e-324',
  '4.9406564584124654e-320',
  '9007199254740993',
  '0.1',
  '1e15',
  '123456789012345678',
  '1e22',
  '-1e-7',
];
const FLOAT_ENDS = [
  '3.4028234663852886e38',
  '-3.4028234663852886e38',
  '1.17549435e-38',
  '1e-45',
  '-1e-45',
  '16777217',
  '0.1',
];

const inRows = (values: readonly string[]): string => values.map((value) => `(${value})`).join(', ');

export const NUMBERS: readonly Piece[] = [
  { what: 'integers at their ends, signed, unsigned and with leading zeros', sql: integers() },
  { what: 'BIT of every width', sql: bits() },
  {
    what: 'YEAR and BOOL',
    sql: `CREATE TABLE years (y YEAR, z YEAR NOT NULL, b BOOL); INSERT INTO years VALUES (0000, 1901, TRUE), (2155, 0, FALSE), (NULL, 2000, NULL)`,
  },
  {
    what: 'DECIMAL to the last digit',
    sql: `CREATE TABLE decimals (d DECIMAL(65, 30), e DECIMAL(10, 0), u DECIMAL(5, 2) UNSIGNED, w DECIMAL(65, 0), f DECIMAL(30, 30), z DECIMAL(9, 3) ZEROFILL);
      INSERT INTO decimals VALUES
        (99999999999999999999999999999999999.999999999999999999999999999999, -1, 0, ${'9'.repeat(65)}, 0.${'9'.repeat(30)}, 1.5),
        (-99999999999999999999999999999999999.999999999999999999999999999999, 1, 0, -${'9'.repeat(65)}, -0.${'9'.repeat(30)}, 0),
        (-0.000000000000000000000000000001, 9999999999, 999.99, 1, -0.000000000000000000000000000001, 999999.999),
        (0, -0, 0.01, 0, 0, 0.001), (NULL, NULL, NULL, NULL, NULL, NULL)`,
  },
  {
    what: 'DOUBLE to the last bit',
    sql: `CREATE TABLE doubles (d DOUBLE); INSERT INTO doubles VALUES ${inRows([...DOUBLE_ENDS, ...doubles(2000)])}, (NULL)`,
  },
  {
    what: 'FLOAT to the last bit',
    sql: `CREATE TABLE floats (f FLOAT, n FLOAT NOT NULL DEFAULT 1.1, u FLOAT UNSIGNED);
      INSERT INTO floats (f) VALUES ${inRows([...FLOAT_ENDS, ...floats(2000)])}, (NULL); INSERT INTO floats VALUES (1, 3.3, 7e7)`,
  },
  {
    what: 'FLOAT and DOUBLE with a number of digits',
    sql: `CREATE TABLE digits (f FLOAT(7, 3), g FLOAT(23, 20), h FLOAT(255, 0), d DOUBLE(20, 10), e DOUBLE(255, 30), i DOUBLE(255, 0), z DOUBLE(12, 4) ZEROFILL, x FLOAT(9, 3) ZEROFILL);
      INSERT INTO digits VALUES (1234.567, 0.1, 3e38, 0.1, 0.1, 1e200, 1.5, 1.5), (-1, -3.3333333, -1e20, -0.1, 123456789.123456789, -1.2345678901234567e150, 0, 0.001),
        (0.001, 100.00001, 1, 1234567890.0123456789, 1e200, 7, 1234567.0001, 99999.999), (9999.999, 0.00000001, 16777217, 9999999999.1, 1e-30, 1e22, 0.0001, 12345.678),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      CREATE TABLE rounded (d DOUBLE(30, 10), e DOUBLE(20, 1), f FLOAT(12, 5), g FLOAT(20, 1)); INSERT INTO rounded VALUES ${roundedRows(1000)}`,
  },
  {
    what: 'negative zeros',
    sql: `CREATE TABLE zeros (id INT PRIMARY KEY, d DOUBLE, f FLOAT); INSERT INTO zeros VALUES (1, -0e0, -0e0), (2, 0, 0), (3, 0e0 * -1, 0e0 * -1), (4, -1e-320 * 1e-100, -1e-60)`,
    on: 'MySQL',
  },
  {
    what: 'negative zeros (MariaDB)',
    sql: `CREATE TABLE zeros (id INT PRIMARY KEY, d DOUBLE, f FLOAT); INSERT INTO zeros VALUES (1, -0e0, -0e0), (2, 0, 0), (3, 0e0 * -1, 0e0 * -1), (4, -1e-320 * 1e-100, -1e-60)`,
    on: 'MariaDB',
    since: 1108,
  },
];
