/** Rows in files of their own, as mydumper's --format=LOAD_DATA writes them. */

import { LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { BARE } from '../support/corpus/bare.ts';
import { promiseCarried } from '../support/corpus/carry.ts';

promiseCarried(BARE, { bareRows: { separators: LOAD_DATA_SEPARATORS, withHeader: false } });
