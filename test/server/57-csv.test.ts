/** Rows in files of their own, as mydumper's --format=CSV writes them: with a first line of names, and many files; loaded as INSERT statements. */

import { CSV_SEPARATORS } from '../../src/format/load-data.ts';
import { BARE } from '../support/corpus/bare.ts';
import { promiseCarried } from '../support/corpus/carry.ts';

promiseCarried(
  BARE,
  { bareRows: { separators: CSV_SEPARATORS, withHeader: true }, maxFileBytes: 1000, codec: 'none' },
  { loadMethod: 'insert' },
);
