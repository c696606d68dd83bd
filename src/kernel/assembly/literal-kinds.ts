/** The kinds of literals, one bit each; ../rows-from-insert.ts has the same list. */

export const NULL: i32 = 1;
export const STRING: i32 = 2;
export const BINARY_STRING: i32 = 4;
export const UTF8_STRING: i32 = 8;
export const CONVERTED_STRING: i32 = 16;
export const HEX: i32 = 32;
export const INTEGER: i32 = 64;
export const DECIMAL: i32 = 128;
export const FLOAT: i32 = 256;
export const YEAR: i32 = 512;
