/** Processes: who is connected to a server and what runs there, as SHOW PROCESSLIST tells on both products. */
import type { Session } from './session.ts';

export interface ServerProcess {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly database: string;
  /** 'Query', 'Sleep', … */
  readonly command: string;
  /** In its command. */
  readonly seconds: number;
  readonly state: string;
  /** Its beginning, on one line; '' when none runs. */
  readonly statement: string;
}

/** Where the server cuts a statement: one that loads rows may have many megabytes. */
const SHOWN_BYTES = 100;

/** Without the PROCESS privilege an account sees its own connections only. */
export async function readProcesses(session: Session): Promise<ServerProcess[]> {
  const { columns, rows } = await session.query('SHOW PROCESSLIST');
  const names = columns.map(({ name }) => name.toLowerCase());
  return rows.map((row): ServerProcess => {
    const bytes = (name: string): Buffer | undefined => row[names.indexOf(name)] ?? undefined;
    const text = (name: string): string => bytes(name)?.toString('utf8') ?? '';
    return {
      id: Number(text('id')),
      user: text('user'),
      host: text('host'),
      database: text('db'),
      command: text('command'),
      seconds: Number(text('time')),
      state: text('state'),
      statement: `${text('info').replaceAll(/\s+/g, ' ').trim()}${(bytes('info')?.length ?? 0) < SHOWN_BYTES ? '' : '…'}`,
    };
  });
}
