import { expect, test } from 'vitest';

import { parseForeignKey } from '../../../src/schema/foreign-key.ts';

const parse = (clause: string) => parseForeignKey(Buffer.from(clause));

test('a foreign key says its columns and those of its parent', () => {
  expect(parse('CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `p` (`id`)')).toEqual({
    name: 'c',
    columns: ['a'],
    parentDatabase: undefined,
    parentTable: 'p',
    parentColumns: ['id'],
  });
  expect(parse('FOREIGN KEY (`a`, `b,(`) REFERENCES `o``x`.`p.q` (`é`, `) y`) ON DELETE CASCADE')).toEqual({
    name: undefined,
    columns: ['a', 'b,('],
    parentDatabase: 'o`x',
    parentTable: 'p.q',
    parentColumns: ['é', ') y'],
  });
  expect(parse('CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "o"."p""q" ("id")')).toMatchObject({
    parentDatabase: 'o',
    parentTable: 'p"q',
  });
});

test.each(['CHECK ((`a` > 0))', 'KEY `a` (`a`)', 'FOREIGN KEY (`a`,`b`) REFERENCES `p` (`id`)', ''])(
  '%j is none',
  (clause) => expect(parse(clause)).toBeUndefined(),
);
