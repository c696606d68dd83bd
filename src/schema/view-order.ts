/** A view and the text that creates it, with fully qualified names as SHOW CREATE VIEW prints them. */
export interface ViewText {
  readonly database: string;
  readonly name: string;
  readonly text: string;
}

/**
 * Views in an order in which each comes after the views it reads. A reference is a quoted name that is a view's: the
 * server prints `` `database`.`view` `` in full, except where the view is in the same database as its own.
 *
 * Views cannot form a cycle on a server; should a dump hold one, its members come last, in the order given.
 */
export function orderViews<View extends ViewText>(views: readonly View[]): View[] {
  const byName = new Map(views.map((view) => [key(view.database, view.name), view]));
  const waitingFor = new Map(views.map((view) => [view, references(view, byName)]));
  const ordered: View[] = [];
  const placed = new Set<View>();
  const visiting = new Set<View>();
  const place = (view: View): void => {
    if (placed.has(view) || visiting.has(view)) return;
    visiting.add(view);
    for (const needed of waitingFor.get(view) ?? []) place(needed);
    visiting.delete(view);
    placed.add(view);
    ordered.push(view);
  };
  for (const view of views) place(view);
  return ordered;
}

const key = (database: string, name: string): string => `${database}\0${name}`;

function references<View extends ViewText>(view: View, byName: ReadonlyMap<string, View>): View[] {
  const found = new Set<View>();
  const names = quotedNames(view.text);
  names.forEach((name, index) => {
    const qualified = byName.get(key(names[index - 1] ?? '', name)) ?? byName.get(key(view.database, name));
    if (qualified !== undefined && qualified !== view) found.add(qualified);
  });
  return [...found];
}

/** Every identifier in backticks, in order, outside of string literals. */
function quotedNames(text: string): string[] {
  const names: string[] = [];
  for (const [token] of text.matchAll(/`(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gs)) {
    if (token.startsWith('`')) names.push(token.slice(1, -1).replaceAll('``', '`'));
  }
  return names;
}
