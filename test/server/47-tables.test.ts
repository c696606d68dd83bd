/** Tables of every shape: whatever a definition can say, and the rows under it. */

import { promiseCarried } from '../support/corpus/carry.ts';
import { TABLES } from '../support/corpus/tables.ts';

promiseCarried(TABLES);
