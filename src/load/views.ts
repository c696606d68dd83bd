/**
 * Views: each after those it reads, as far as its text tells.
 *
 * A view may also need others by way of a function. What was refused is tried again as long as a round brings one in, so
 * that any order comes to its end, and then named. Views on views whose definer is missing come back too.
 */
import pLimit from 'p-limit';

import { must } from '../base/errors.ts';
import { ServerErrno } from '../mysql/failure.ts';
import { createdObject } from '../schema/definer.ts';
import { orderViews } from '../schema/view-order.ts';
import type { CodeLoader, CodeRun, Created, Refused } from './code.ts';
import type { DumpObject } from './contents.ts';
import { readDefinitions } from './send/definitions.ts';

/** Creates the views. Returns how many. */
export async function createViews({ contents, definer }: CodeRun, code: CodeLoader): Promise<number> {
  const views: readonly DumpObject[] = orderViews(await readViews(contents.views));
  const create =
    (change = definer) =>
    ({ database, name, file }: DumpObject) =>
      code.createFrom(file, { holds: 'view', database, name }, change);
  let outcome = await createInRounds(views, create());
  if (outcome.refused.some(({ errno }) => isOfDefiners(errno)) && definer?.kind !== 'skip') {
    // With the loading account as their definer all can be created on each other. Then each gets its own definer, those
    // that are read last, for nobody asks again what a view reads when that is replaced.
    const standIns = await createInRounds(views, create({ kind: 'skip' }));
    outcome = await createInRounds([...standIns.created].reverse(), create());
    outcome.refused.push(...standIns.refused);
  }
  code.tellRefused(outcome.refused);
  if (views.length > 0) await code.settle();
  return outcome.created.length;
}

/** A view cannot be created on one whose definer is missing or lacks rights, but may have been created before that was so. */
function isOfDefiners(errno: number | undefined): boolean {
  return errno === ServerErrno.ER_NO_SUCH_USER || errno === ServerErrno.ER_VIEW_INVALID;
}

interface Outcome {
  readonly created: DumpObject[];
  readonly refused: Refused[];
}

/** Goes round until all are created or a round brings none. */
async function createInRounds(
  views: readonly DumpObject[],
  create: (view: DumpObject) => Promise<Created>,
): Promise<Outcome> {
  const created: DumpObject[] = [];
  for (let waiting = views; ;) {
    const refused: Refused[] = [];
    const again: DumpObject[] = [];
    for (const view of waiting) {
      const outcome = await create(view);
      refused.push(...outcome.refused);
      (outcome.refused.length > 0 ? again : created).push(view);
    }
    if (again.length === 0 || again.length === waiting.length) return { created, refused };
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
