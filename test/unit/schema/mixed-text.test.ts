/** Which parts of a definition the server wrote in UTF-8, in texts as servers print them. Bytes of clients are latin1. */
import { describe, expect, test } from 'vitest';

import { eventDeadline } from '../../../src/schema/event.ts';
import { serverSpelledParts, withPlainComment } from '../../../src/schema/mixed-text.ts';

/** `«é»` is é in UTF-8; a bare é is one byte of latin1. */
const bytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(/(«[^»]*»)/)
      .map((piece) => (piece.startsWith('«') ? Buffer.from(piece.slice(1, -1), 'utf8') : Buffer.from(piece, 'latin1'))),
  );
const partsOf = (text: string): string[] => {
  const statement = bytes(text);
  return serverSpelledParts(statement).map(({ start, end }) => statement.toString('utf8', start, end));
};

describe('what the server spelled', () => {
  test.each([
    ['CREATE DEFINER=`«dé»`@`%` PROCEDURE `pé`(`aé` INT)\nSELECT "«é»"', ['`dé`']],
    [
      "CREATE PROCEDURE `«pé»`(a ENUM(')«é»'), b INT /* ( */)\n    NO SQL\n    COMMENT '«cé»'\nSELECT '«é»'",
      ['`pé`', "\n    NO SQL\n    COMMENT 'cé'\n"],
    ],
    [
      "CREATE FUNCTION f() RETURNS enum('«é»') CHARSET latin1\n    DETERMINISTIC\nRETURN '«é»'",
      [" RETURNS enum('é') CHARSET latin1\n    DETERMINISTIC\n"],
    ],
    ['CREATE TRIGGER `«tré»` BEFORE INSERT ON `«té»` FOR EACH ROW SET @`«é»` = 1', ['`tré`', '`té`']],
    ["CREATE EVENT `«eé»` ON SCHEDULE EVERY 1 DAY COMMENT '«cé»' DO SET @`«é»` = 1", ['`eé`', "'cé'"]],
    ['CREATE PROCEDURE `p`() SELECT 1', []],
    ['CREATE PROCEDURE `p`(', []],
  ])('in %s', (text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });
});

describe('when a disabled event is over', () => {
  test.each([
    [
      "CREATE DEFINER=`a ON SCHEDULE`@`%` EVENT `e` ON SCHEDULE AT '2020-01-01 00:00:00' ON COMPLETION NOT PRESERVE DISABLE DO x",
      '2020-01-01 00:00:00',
    ],
    [
      "CREATE EVENT `e` ON SCHEDULE EVERY '1:2' DAY_HOUR STARTS '2019-01-01 00:00:00' ENDS '2020-01-01 00:00:00' ON COMPLETION NOT PRESERVE DISABLE ON SLAVE DO x",
      '2020-01-01 00:00:00',
    ],
    ["CREATE EVENT `e` ON SCHEDULE AT '2020-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE DO x", undefined],
    ["CREATE EVENT `e` ON SCHEDULE AT '2020-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO x", undefined],
    [
      "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2019-01-01 00:00:00' ON COMPLETION NOT PRESERVE DISABLE DO x",
      undefined,
    ],
  ])('%s', (definition, deadline) => {
    expect(eventDeadline(Buffer.from(definition))).toBe(deadline);
  });
});

describe('a comment under NO_BACKSLASH_ESCAPES', () => {
  test.each([
    [
      "CREATE PROCEDURE `p`()\n    COMMENT 'C:\\\\ it\\'s\\n'\nSELECT '\\\\'",
      "CREATE PROCEDURE `p`()\n    COMMENT 'C:\\ it''s\n'\nSELECT '\\\\'",
    ],
    [
      "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY COMMENT 'a\\\\ DO' DO SELECT '\\\\'",
      "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY COMMENT 'a\\ DO' DO SELECT '\\\\'",
    ],
    ["CREATE PROCEDURE `p`()\nSELECT 'C:\\\\'", "CREATE PROCEDURE `p`()\nSELECT 'C:\\\\'"],
  ])('is written as it is: %j', (printed, plain) => {
    expect(withPlainComment(Buffer.from(printed)).toString()).toBe(plain);
  });
});
