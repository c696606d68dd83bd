/** The manual page of a command, in man(7)'s words, made from its options. */

import type { Command } from 'commander';

import { EXIT_CODES, SIGNALS } from './exit-codes.ts';
import { publicOptions } from './help.ts';

export function manPage(command: Command, version: string): string {
  const name = command.name();
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${text(command.description())}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    text(command.usage()),
    '.SH OPTIONS',
    'Sizes can be given as 64M or 1G, times as 30s or 5m, words in any case.',
  ];
  let heading = '';
  for (const option of publicOptions(command)) {
    if (option.helpGroupHeading !== undefined && option.helpGroupHeading !== heading) {
      heading = option.helpGroupHeading;
      lines.push(`.SS ${text(heading.replace(/:$/, ''))}`);
    }
    const standard = typeof option.defaultValue === 'number' ? ` (default: ${option.defaultValue})` : '';
    lines.push('.TP', `.B ${text(option.flags)}`, text(option.description + standard));
  }
  lines.push('.SH EXIT STATUS');
  for (const [code, meaning] of EXIT_CODES) lines.push('.TP', `.B ${code}`, text(meaning));
  lines.push('.SH SIGNALS');
  for (const [signals, meaning] of SIGNALS) lines.push('.TP', `.B ${signals}`, text(meaning));
  lines.push(
    '.SH FILES',
    text(
      '/etc/my.cnf, /etc/mysql/my.cnf, /etc/mydumper.cnf, ~/.my.cnf: groups [client], [mydumper] or [myloader], [tsdump] or [tsload]',
    ),
    '.SH ENVIRONMENT',
    'MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_UNIX_PORT, MYSQL_PWD, NO_COLOR',
  );
  return `${lines.join('\n')}\n`;
}

/** A line that begins with a point or an apostrophe would be a request. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gm, '\\&');
}
