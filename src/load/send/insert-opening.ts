/** How an INSERT begins, up to its rows; statements are read as Latin-1. */

/** A name, in backticks or bare. */
export const INSERT_NAME = '(?:`(?:[^`]|``)+`|[A-Za-z_][A-Za-z0-9_$]*)';
const BLANK = String.raw`[ \t-\r]`;

/** Behind INTO. Groups: the table's name, the list of columns. */
const BEHIND_INTO =
  `${BLANK}+(${INSERT_NAME})${BLANK}*` +
  `(?:\\(${BLANK}*(${INSERT_NAME}(?:${BLANK}*,${BLANK}*${INSERT_NAME})*)${BLANK}*\\)${BLANK}*)?VALUES(?=[ \\t-\\r(])`;

/** Neither REPLACE nor anything between INSERT and INTO. */
export const INSERT_OPENING = new RegExp(`^INSERT${BLANK}+INTO${BEHIND_INTO}`, 'i');

/** With the words for rows whose keys are there already, too. */
export const ROWS_OPENING = new RegExp(`^(?:INSERT(?:${BLANK}+IGNORE)?|REPLACE)${BLANK}+INTO${BEHIND_INTO}`, 'i');
