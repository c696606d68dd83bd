import { describeError } from '../../base/errors.ts';
import type { Emit } from '../../base/events.ts';
import { isOutOfConnections } from '../../mysql/retry.ts';

/** Connections for one kind of work: when the server has no more of them, it goes on over those that there are. */
export class OpenPlaces {
  private readonly emit: Emit;
  private open = 0;
  private wasTold = false;

  constructor(emit: Emit) {
    this.emit = emit;
  }

  add(): void {
    this.open++;
  }

  /** Whether a connection that could not be had, for this reason, is one that the work can do without. */
  canDoWithout(error: unknown): boolean {
    return this.open > 0 && isOutOfConnections(error);
  }

  tell(error: unknown): void {
    if (this.wasTold) return;
    this.wasTold = true;
    const message = `rows are loaded over fewer connections than --threads says (${describeError(error)})`;
    this.emit({ type: 'warning', message });
  }
}
