/** Keys that are added when the rows are there: the definitions are the source's, down to the order of keys. */

import { promiseCarried } from '../support/corpus/carry.ts';
import { FOREIGN_KEYS } from '../support/corpus/foreign-keys.ts';
import { KEYS } from '../support/corpus/keys.ts';

promiseCarried([...KEYS, ...FOREIGN_KEYS], {}, { optimizeKeys: 'AFTER_IMPORT_PER_TABLE' });
