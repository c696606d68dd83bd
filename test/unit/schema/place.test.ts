import { describe, expect, it } from 'vitest';

import { tablespaceOf, withoutPlace } from '../../../src/schema/place.ts';

const moved = (text: string): string => withoutPlace(Buffer.from(text)).toString();

describe('the place of a table', () => {
  it('is taken out of the options of tables and partitions', () => {
    const table =
      "CREATE TABLE `t` (\n  `a` int\n) /*!50100 TABLESPACE `x``y` */ ENGINE=InnoDB DATA DIRECTORY='/a''b/'";
    expect(moved(table)).toBe('CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB');
    const partition = "(PARTITION `a` VALUES IN (1) DATA DIRECTORY = '/x' TABLESPACE = `y` ENGINE = InnoDB)";
    expect(moved(partition)).toBe('(PARTITION `a` VALUES IN (1) ENGINE = InnoDB)');
  });

  it('is not looked for in names and comments', () => {
    const text =
      "CREATE TABLE ` TABLESPACE = x` (`a` int COMMENT ' TABLESPACE = `x` DATA DIRECTORY=''/y''') COMMENT=' z'";
    expect(moved(text)).toBe(text);
  });

  it('is known by the tablespace that not every server has', () => {
    const table = (place: string): Buffer =>
      Buffer.from(`CREATE TABLE \`t\` (\n  \`a\` int COMMENT ' TABLESPACE = \`x\`'\n) ${place}ENGINE=InnoDB`);
    expect(tablespaceOf(table(''))).toBeUndefined();
    expect(tablespaceOf(table('/*!50100 TABLESPACE `innodb_system` */ '))).toBeUndefined();
    expect(tablespaceOf(table("/*!50100 TABLESPACE `sp'é``ce` */ "))).toBe("sp'é`ce");
  });
});
