import { unquoteAny } from './names.ts';

/** A view and the text that creates it, as SHOW CREATE VIEW prints it. */
export interface ViewText {
  readonly database: string;
  readonly name: string;
  readonly text: string;
}

/**
 * Views in an order in which each comes after the views it reads. Only names behind FROM and JOIN count: a column or an
 * alias may be called like a view, and taking it for one can close a circle that is none. A name without a database
 * means the view's own.
 *
 * Views cannot form a cycle on a server; should a dump hold one, its members come in some order.
 */
export function orderViews<View extends ViewText>(views: readonly View[]): View[] {
  const byName = new Map(views.map((view) => [key(view.database, view.name), view]));
  const ordered: View[] = [];
  const met = new Set<View>();
  const place = (view: View): void => {
    if (met.has(view)) return;
    met.add(view);
    for (const needed of references(view, byName)) place(needed);
    ordered.push(view);
  };
  for (const view of views) place(view);
  return ordered;
}

const key = (database: string, name: string): string => `${database}\0${name}`;

/**
 * A name in the place of a table, or else a name or string literal to be passed over. Servers print every list of
 * tables with joins and parentheses: "from ((`d`.`a` join `d`.`b` `x`) left join …".
 */
const TABLE_OR_QUOTED =
  /\b(?:from|join|straight_join)[\s(]+(`(?:[^`]|``)*`)(?:\.(`(?:[^`]|``)*`))?|`[^`]*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gis;

function references<View extends ViewText>(view: View, byName: ReadonlyMap<string, View>): View[] {
  const found: View[] = [];
  for (const [, first, second] of view.text.matchAll(TABLE_OR_QUOTED)) {
    if (first === undefined) continue;
    const [database, name] =
      second === undefined ? [view.database, unquoteAny(first)] : [unquoteAny(first), unquoteAny(second)];
    const needed = byName.get(key(database, name));
    if (needed !== undefined) found.push(needed);
  }
  return found;
}
