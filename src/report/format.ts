/** Numbers as people read them. */

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];
const COUNT_UNITS = ['k', 'M', 'G', 'T'];

/** "987 B", "1.23 MB", "45.6 GB": powers of 1000, three digits. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTE_UNITS, 'B');
}

/** "987", "1.23 M": three digits, for a place with little room. */
export function formatShortCount(count: number): string {
  return scaled(count, COUNT_UNITS, '');
}

/** "1,234,567". Not by Intl, which takes 13 ms to begin with. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** "1 table", "2 tables". */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** "42 ms", "1.23 s", "12.3 s", "3 min 5 s", "2 h 7 min", "4 d 3 h". */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.0005) return '< 1 ms';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return coarse(Math.round(seconds));
}

/** The same for what is only known roughly: whole seconds, and no more digits than are meant. */
export function formatRoughSeconds(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 600) return coarse(Math.ceil(seconds / 10) * 10);
  return coarse(Math.ceil(seconds / 60) * 60);
}

/** A clock that runs: whole seconds. */
export function formatElapsed(seconds: number): string {
  return seconds < 60 ? `${Math.floor(seconds)} s` : coarse(Math.floor(seconds));
}

function coarse(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(seconds, 60, 'min', 's');
  if (seconds < 86_400) return pair(Math.floor(seconds / 60), 60, 'h', 'min');
  return pair(Math.floor(seconds / 3600), 24, 'd', 'h');
}

function pair(value: number, per: number, big: string, small: string): string {
  const rest = value % per;
  return `${Math.floor(value / per)} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

function scaled(value: number, units: readonly string[], base: string): string {
  let size = value;
  let unit = base;
  for (const next of units) {
    // From 999.5 on, three digits would read 1000.
    if (Math.round(size) < 1000) break;
    size /= 1000;
    unit = next;
  }
  const digits = unit === base ? 0 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${unit}`.trimEnd();
}
