import { promiseCarried } from '../support/corpus/carry.ts';
import { TIMES } from '../support/corpus/times.ts';

promiseCarried(TIMES);
