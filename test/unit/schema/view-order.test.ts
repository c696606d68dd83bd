/** Each view after the views it reads. Texts are as SHOW CREATE VIEW prints them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { quoteName } from '../../../src/schema/names.ts';
import { orderViews } from '../../../src/schema/view-order.ts';
import type { ViewText } from '../../../src/schema/view-order.ts';

const view = (name: string, select: string, database = 'd'): ViewText => ({
  database,
  name,
  text: `CREATE ALGORITHM=UNDEFINED DEFINER=\`root\`@\`%\` SQL SECURITY DEFINER VIEW ${quoteName(name)} AS ${select}`,
});
const order = (...views: ViewText[]): string[] => orderViews(views).map(({ name }) => name);

describe('views come after the views they read', () => {
  test('in a chain', () => {
    expect(
      order(
        view('c', 'select `b`.`x` AS `x` from `d`.`b`'),
        view('b', 'select `a`.`x` AS `x` from `d`.`a`'),
        view('a', 'select 1 AS `x`'),
      ),
    ).toEqual(['a', 'b', 'c']);
  });

  test('in a diamond, each once', () => {
    expect(
      order(
        view('bottom', 'select 1 from (`d`.`left` join `d`.`right` on((`left`.`x` = `right`.`x`)))'),
        view('left', 'select 1 from `d`.`top`'),
        view('right', 'select 1 from `d`.`top`'),
        view('top', 'select 1 AS `x`'),
      ),
    ).toEqual(['top', 'left', 'right', 'bottom']);
  });

  test.each([
    [
      'a table list',
      'select 1 from ((`d`.`t` `x` join `d`.`late` `b`) left join (`d`.`p` `c`) on((`c`.`id` = `x`.`id`)))',
    ],
    ['a nested table list', 'select 1 from (`d`.`t` left join (`d`.`late` join `d`.`q`) on(true))'],
    ['STRAIGHT_JOIN', 'select 1 from (`d`.`t` straight_join `d`.`late`)'],
    ['a subquery', 'select 1 from `d`.`t` where exists(select 1 from `d`.`late` limit 1)'],
    ['a derived table', 'select `x`.`a` AS `a` from (select `late`.`a` AS `a` from `d`.`late`) `x`'],
    ['a common table expression', 'with `q` as (select 1 from `d`.`late`) select 1 from `q`'],
    ['a union', 'select 1 AS `1` union all select 1 from `d`.`late`'],
    ['its own database, unnamed', 'select `late`.`a` AS `a` from `late`'],
    ['capital letters', 'SELECT 1 FROM `t` JOIN\n`late`'],
  ])('in %s', (_where, select) => {
    expect(order(view('early', select), view('late', 'select 1'))).toEqual(['late', 'early']);
  });

  test('with names that hold backticks, dots and words', () => {
    expect(
      order(
        view('from`', 'select 1 from `d`.`a``.``b`'),
        view('a`.`b', 'select 1 from `d`.`join (`'),
        view('join (', 'select 1'),
      ),
    ).toEqual(['join (', 'a`.`b', 'from`']);
  });

  test('and not after a namesake in another database', () => {
    const views = [
      view('v', 'select 1 from `e`.`w`', 'd'),
      view('w', 'select 1 from `d`.`v`', 'd'),
      view('v', 'select 1 from `e`.`w`', 'e'),
      view('w', 'select 1', 'e'),
    ];
    expect(orderViews(views).map(({ database, name }) => `${database}.${name}`)).toEqual(['e.w', 'd.v', 'd.w', 'e.v']);
  });
});

describe('no view is taken for read because of', () => {
  // The second view reads the first. Were the first thought to read the second, a circle would undo the order.
  test.each([
    ['a column called like it', 'select `t`.`second` AS `x` from `d`.`t`'],
    ['an alias called like it', 'select `t`.`x` AS `second` from `d`.`t`'],
    ['a table alias called like it', 'select `second`.`x` AS `x` from `d`.`t` `second`'],
    ['a table of another database called like it', 'select 1 from `e`.`second`'],
    ['a string that reads like it', "select ' from `d`.`second`' AS `x`"],
    ['a string with quotes', "select 'it''s \\' from `d`.`second`' AS `x`"],
    ['a name that reads like it', 'select `t`.` from ``d``.``second``` AS `x` from `d`.`t`'],
    ['ORDER BY', 'select `t`.`x` AS `second` from `d`.`t` order by `second`'],
  ])('%s', (_what, select) => {
    expect(order(view('first', select), view('second', 'select 1 from `d`.`first`'))).toEqual(['first', 'second']);
  });
});

test('a circle comes to an end with every view in it', () => {
  const views = ['a', 'b', 'c', 'a'].map((name, index, names) =>
    view(name, `select 1 from \`d\`.\`${names[index + 1]}\``),
  );
  expect(order(...views.slice(0, 3)).sort((a, b) => a.localeCompare(b))).toEqual(['a', 'b', 'c']);
  expect(order(view('self', 'select 1 from `d`.`self`'))).toEqual(['self']);
});

test('any views without circles, given in any order, come in an order that works, each once', () => {
  const graphs = fc
    .array(fc.array(fc.nat({ max: 100 }), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
    .map((graph) => graph.map((reads, index) => (index === 0 ? [] : reads.map((read) => read % index))))
    .chain((graph) =>
      fc.tuple(fc.constant(graph), fc.shuffledSubarray([...graph.keys()], { minLength: graph.length })),
    );
  fc.assert(
    fc.property(graphs, ([graph, given]) => {
      const views = given.map((index) =>
        view(
          `v${index}`,
          `select 1 ${graph[index]!.map((read) => `from \`d\`.\`v${read}\` where exists(select 1 `).join('')}`,
        ),
      );
      const place = new Map(order(...views).map((name, at) => [name, at]));
      expect(place.size).toBe(graph.length);
      graph.forEach((reads, index) =>
        reads.forEach((read) => expect(place.get(`v${read}`)).toBeLessThan(place.get(`v${index}`)!)),
      );
    }),
  );
});
