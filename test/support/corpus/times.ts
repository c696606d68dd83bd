/** Dates and times: with fractions, without a day or a month, impossible ones, and the hour that occurs twice. */

import type { Piece } from './piece.ts';

const PRECISIONS = [0, 1, 2, 3, 4, 5, 6];

function fractions(): string {
  const columns = PRECISIONS.map(
    (fsp) => `t${fsp} TIME(${fsp}), d${fsp} DATETIME(${fsp}), s${fsp} TIMESTAMP(${fsp}) NULL`,
  );
  const row = (time: string, moment: string, stamp: string): string =>
    `(${PRECISIONS.map(() => `'${time}', '${moment}', '${stamp}'`).join(', ')})`;
  return `CREATE TABLE fractions (${columns.join(', ')});
    INSERT INTO fractions VALUES ${[
      row('12:34:56.123456', '2024-02-29 23:59:58.654321', '2024-10-27 02:30:00.000001'),
      row('-838:59:58.999990', '9999-12-31 23:59:58.999999', '2038-01-19 03:14:06.999999'),
      row('838:59:58.5', '1000-01-01 00:00:00.1', '1970-01-01 00:00:01.9'),
      row('00:00:00', '0001-01-01 00:00:00', '1970-01-01 00:00:01'),
    ].join(', ')}, (${PRECISIONS.map(() => 'NULL, NULL, NULL').join(', ')})`;
}

export const TIMES: readonly Piece[] = [
  { what: 'fractions of a second, of every precision', sql: fractions() },
  {
    what: 'zero dates, dates without a day, and dates that no calendar has',
    sql: `SET sql_mode = 'ALLOW_INVALID_DATES';
      CREATE TABLE odd_dates (d DATE, dt DATETIME, dt6 DATETIME(6), ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL, n DATE NOT NULL DEFAULT '0000-00-00',
        m DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00');
      INSERT INTO odd_dates (d, dt, dt6, ts, ts6) VALUES ('0000-00-00', '0000-00-00', '0000-00-00 00:00:00.000000', '0000-00-00', '0000-00-00'),
        ('2024-02-31', '2024-02-31 10:00:00', '2023-02-29 23:59:59.999999', NULL, NULL), ('2024-00-00', '2024-02-00 10:00:00', '2024-00-31 00:00:01.5', NULL, NULL),
        ('0000-01-01', '0000-02-30 00:00:00', '0000-00-31 00:00:00', NULL, NULL), ('9999-12-31', '9999-12-31 23:59:59', '9999-12-31 23:59:59.999999', NULL, NULL),
        ('0001-01-01', '0099-12-31 23:59:59', '0000-12-31 00:00:00.000001', NULL, NULL), ('2023-11-31', '2023-04-31 00:00:00', '2023-09-31 00:00:00', NULL, NULL)`,
  },
  {
    what: 'TIME below zero and beyond a day',
    sql: `CREATE TABLE spans (t TIME, t6 TIME(6)); INSERT INTO spans VALUES ('-838:59:59', '-838:59:59'), ('838:59:59', '838:59:59.000000'), ('-00:00:01', '-00:00:00.000001'),
        ('24:00:00', '23:59:59.999999'), ('99:59:59', '-99:59:59.9'), ('100:00:00', '-100:00:00.000001'), (NULL, NULL)`,
  },
  {
    what: 'TIMESTAMPs of all seconds around a change of clocks',
    sql: `SET time_zone = '+00:00'; CREATE TABLE moments (id INT AUTO_INCREMENT PRIMARY KEY, t TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), KEY (t));
      INSERT INTO moments (t) VALUES ('2024-10-26 23:59:59.999'), ('2024-10-27 00:00:00'), ('2024-10-27 00:30:00'), ('2024-10-27 01:00:00'), ('2024-10-27 01:30:00'),
        ('2024-10-27 01:59:59.999'), ('2024-10-27 02:00:00'), ('2024-03-31 00:59:59.999'), ('2024-03-31 01:00:00'), ('1970-01-01 00:00:00.001'), ('2038-01-19 03:14:07.499'),
        ('2016-12-31 23:59:59')`,
  },
  {
    what: 'TIMESTAMPs beyond 2038',
    sql: `SET time_zone = '+00:00'; CREATE TABLE late (t TIMESTAMP(6) NULL); INSERT INTO late VALUES ('2038-01-19 03:14:08'), ('2106-02-07 06:28:15.999999'), (NULL)`,
    on: 'MariaDB',
    since: 1108,
  },
];
