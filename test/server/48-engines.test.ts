/** Tables by where their rows lie: engines, partitions, sequences, and the past of system-versioned tables. */

import { describe } from 'vitest';

import { promiseCarried } from '../support/corpus/carry.ts';
import { ENGINES, PARTITIONS, SEQUENCES, VERSIONED } from '../support/corpus/engines.ts';

describe('engines and sequences', () => promiseCarried([...ENGINES, ...SEQUENCES]));
// In many chunks: by key ranges, by partitions, and of past rows.
describe('partitions and the past', () => promiseCarried([...PARTITIONS, ...VERSIONED], { rowsPerChunk: 2 }));
