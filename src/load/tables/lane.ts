import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteName } from '../../schema/names.ts';
import { Place } from '../place.ts';
import type { PlaceRun } from '../place.ts';
import type { Attempts } from '../retried.ts';
import type { LoadProgress } from './progress.ts';

export interface LaneRun extends PlaceRun {
  readonly progress: LoadProgress;
}

/** A place for one connection that loads rows. */
export class Lane {
  readonly number: number;
  private readonly run: LaneRun;
  private readonly place: Place;
  private prepared: Session | undefined;
  private database: string | undefined;

  constructor(run: LaneRun, number: number) {
    this.run = run;
    this.number = number;
    this.place = new Place(run, `rows.${number}`);
  }

  /** A session whose database is this one. Transactions begin by themselves and are to be ended. */
  async in(database: string): Promise<Session> {
    const session = await this.place.open();
    if (this.prepared !== session) {
      this.database = undefined;
      await beginTransactions(session);
      this.prepared = session;
    }
    if (this.database !== database) {
      this.database = undefined;
      await saying(`selecting ${database}`, () => session.execute(`USE ${quoteName(database)}`));
      this.database = database;
    }
    return session;
  }

  /** Runs `action` on a session in the database until it succeeds. The last failure is thrown. */
  async retried<T>(
    database: string,
    attempts: Omit<Attempts, 'emit' | 'signal'>,
    action: (session: Session, attempt: number) => Promise<T>,
  ): Promise<T> {
    return this.place.retried(attempts, async (_, attempt) => action(await this.in(database), attempt));
  }

  /** Brings the settings back that a file of definitions has changed. */
  async restoreSettings(session: Session): Promise<void> {
    await saying('preparing a session', () => this.run.sessions.prepare(session));
    await beginTransactions(session);
  }

  /** Ends the connection politely. */
  async close(): Promise<void> {
    await this.place.close();
  }

  /** Drops the connection at once. */
  destroy(reason: string): void {
    this.place.destroy(reason);
  }
}

async function beginTransactions(session: Session): Promise<void> {
  await saying('preparing a session', () => session.execute('SET SESSION autocommit = 0'));
}
