/** Data files that an editor or another tool has touched. */

import { expect, test } from 'vitest';

import { dataText } from '../../../src/format/data-text.ts';

const STATEMENTS = "/*!40101 SET NAMES binary*/;\nINSERT INTO `t` VALUES(1,'a\\r\\n')\n,(2,'-- b')\n;\n";

async function read(text: string, chunkBytes: number): Promise<string> {
  const bytes = Buffer.from(text);
  const chunks = (async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes)
      yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  })();
  const parts: Buffer[] = [];
  for await (const chunk of dataText(chunks)) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString();
}

test.each([
  ['as it was written', STATEMENTS, STATEMENTS],
  ['with a byte order mark', `\ufeff${STATEMENTS}`, STATEMENTS],
  ['with line ends of two bytes', STATEMENTS.replaceAll('\n', '\r\n'), STATEMENTS],
  ['behind comments', `-- one\n#two\n/* three\n*/ \n--\n${STATEMENTS}`, `\n\n\n\n\n${STATEMENTS}`],
  ['with all of these', `\ufeff-- one\r\n${STATEMENTS.replaceAll('\n', '\r\n')}`, `\n${STATEMENTS}`],
  ['without a last newline', STATEMENTS.trimEnd(), STATEMENTS.trimEnd()],
  ['of comments only', '-- one\n/* two */\n', '\n\n'],
  ['of a comment without a newline', '-- one', ''],
  ['of blanks', ' \r\n\t', '\n'],
  ['that is empty', '', ''],
  ['that ends in a comment', '-- one\n/* two', '-- one\n/* two'],
])('a file %s', async (_, text, wanted) => {
  for (const chunkBytes of [1, 2, 3, 7, 1000]) expect(await read(text, chunkBytes)).toBe(wanted);
});
