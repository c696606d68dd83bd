/**
 * Views: each after those it reads, as far as its text tells.
 *
 * A view may also need others by way of a function. What was refused is tried again as long as a round brings one in, so
 * that any order comes to its end, and then named.
 */
import pLimit from 'p-limit';

import { must } from '../base/errors.ts';
import { createdObject } from '../schema/definer.ts';
import { orderViews } from '../schema/view-order.ts';
import type { CodeLoader, CodeRun, Refused } from './code.ts';
import type { DumpObject } from './contents.ts';
import { readDefinitions } from './send/definitions.ts';

/** Creates the views. Returns how many. */
export async function createViews({ contents }: CodeRun, code: CodeLoader): Promise<number> {
  let waiting: DumpObject[] = orderViews(await readViews(contents.views));
  let count = 0;
  for (;;) {
    const refused: Refused[] = [];
    const again: DumpObject[] = [];
    for (const view of waiting) {
      const created = await code.createFrom(view);
      count += created.count;
      refused.push(...created.refused);
      if (created.refused.length > 0) again.push(view);
    }
    if (again.length === 0 || again.length === waiting.length) {
      code.tellRefused(refused);
      if (contents.views.length > 0) await code.settle();
      return count;
    }
    waiting = again;
  }
}

async function readViews(views: readonly DumpObject[]) {
  const read = pLimit(16);
  return Promise.all(
    views.map((view) =>
      read(async () => {
        const statements = await readDefinitions(view.file);
        const create = statements.find(({ bytes }) => createdObject(bytes) !== undefined);
        return { ...view, text: must(create, `CREATE VIEW in ${view.file.name}`).bytes.toString('utf8') };
      }),
    ),
  );
}
