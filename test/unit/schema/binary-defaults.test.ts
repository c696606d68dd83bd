import { describe, expect, it } from 'vitest';

import { hexBinaryDefaults } from '../../../src/schema/binary-defaults.ts';

const spelled = (text: string): string => hexBinaryDefaults(Buffer.from(text, 'latin1')).toString('latin1');

describe('defaults of binary columns', () => {
  it('are spelled in hexadecimal, byte for byte', () => {
    expect(
      spelled(
        "CREATE TABLE `t` (\n  `a` binary(4) DEFAULT '\xff\\0''\\\\',\n  `b` varbinary(9) NOT NULL DEFAULT '\xe9\\n' COMMENT 'x',\n  `c` binary(3) DEFAULT NULL\n)",
      ),
    ).toBe(
      "CREATE TABLE `t` (\n  `a` binary(4) DEFAULT x'ff00275c',\n  `b` varbinary(9) NOT NULL DEFAULT x'e90a' COMMENT 'x',\n  `c` binary(3) DEFAULT NULL\n)",
    );
  });

  it('are not looked for in names, comments and columns of other types', () => {
    const text =
      "CREATE TABLE `t` (\n  `a\n  ``b`` binary(1) DEFAULT '` int DEFAULT '1',\n  `c` varchar(9) DEFAULT 'é' COMMENT '`x` binary(1) DEFAULT ''y''',\n  `d` int COMMENT 'binary(1) DEFAULT ''z'''\n)";
    expect(spelled(text)).toBe(text);
  });
});
