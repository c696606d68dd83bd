/** Rows of INSERT statements that go through LOAD DATA: the same rows, and nothing that INSERT would have refused. */

import { BARE } from '../support/corpus/bare.ts';
import { promiseCarried } from '../support/corpus/carry.ts';

promiseCarried(BARE, {}, { loadMethod: 'load-data' });
