/** Asks for a password on the terminal itself, whatever stdin and stdout are, and shows nothing of it. */

import { openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

import { ToolError } from '../base/errors.ts';
import { usageError } from './values.ts';

/** @throws ToolError USAGE where there is no terminal, INTERRUPTED on Ctrl-C. */
export async function askPassword(prompt: string): Promise<string> {
  const fd = openTerminal();
  const input = new ReadStream(fd);
  try {
    input.setRawMode(true);
    writeSync(fd, prompt);
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    writeSync(fd, '\n');
    input.destroy();
  }
}

function openTerminal(): number {
  const path = process.platform === 'win32' ? String.raw`\\.\CON` : '/dev/tty';
  try {
    return openSync(path, 'r+');
  } catch {
    throw usageError(
      'cannot ask for the password: there is no terminal',
      'put it into an option file ([client], password = …) that only you can read, or name one with --password-file',
    );
  }
}

async function readLine(input: ReadStream): Promise<string> {
  const typed = new TypedLine();
  for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
    for (const character of chunk) if (typed.take(character) === 'end') return typed.text;
  }
  return typed.text;
}

/** A line being typed without an echo: what each key does. */
export class TypedLine {
  private characters: string[] = [];

  get text(): string {
    return this.characters.join('');
  }

  /** @throws ToolError INTERRUPTED on Ctrl-C: in raw mode it comes as a character and not as a signal. */
  take(character: string): 'more' | 'end' {
    switch (character) {
      case '\r':
      case '\n':
      case '\u0004':
        return 'end';
      case '\u0003':
        throw new ToolError('INTERRUPTED', 'interrupted at the password prompt');
      case '\u007F':
      case '\b':
        this.characters.pop();
        return 'more';
      case '\u0015':
        this.characters = [];
        return 'more';
      default:
        this.characters.push(character);
        return 'more';
    }
  }
}
