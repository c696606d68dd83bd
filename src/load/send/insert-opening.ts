/** How an INSERT begins, up to its rows; statements are read as Latin-1. */

/** A name, in backticks or bare. */
export const INSERT_NAME = '(?:`(?:[^`]|``)+`|[A-Za-z_][A-Za-z0-9_$]*)';
const BLANK = String.raw`[ \t-\r]`;

/** Groups: the table's name, the list of columns. Neither REPLACE nor anything between INSERT and INTO. */
export const INSERT_OPENING = new RegExp(
  `^INSERT${BLANK}+INTO${BLANK}+(${INSERT_NAME})${BLANK}*` +
    `(?:\\(${BLANK}*(${INSERT_NAME}(?:${BLANK}*,${BLANK}*${INSERT_NAME})*)${BLANK}*\\)${BLANK}*)?VALUES(?=[ \\t-\\r(])`,
  'i',
);
