/**
 * When a disabled event that is not kept will be, or would have been, over: its AT or ENDS, as SHOW CREATE EVENT prints it
 * in the event's own time zone. Undefined for any other event.
 */
export function eventDeadline(definition: Buffer): string | undefined {
  const [, at, ends] = SCHEDULE.exec(definition.toString('latin1')) ?? [];
  return at ?? ends;
}

const NAMED_OR_OWNED = '(?:[^`"\']|`(?:[^`]|``)*`|"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\')*?';
const SCHEDULE = new RegExp(
  `^CREATE ${NAMED_OR_OWNED} ON SCHEDULE ` +
    "(?:AT '([-0-9: ]+)'|EVERY (?:'[^']*'|\\d+) \\w+ STARTS '[-0-9: ]+' ENDS '([-0-9: ]+)')" +
    ' ON COMPLETION NOT PRESERVE DISABLE',
);
