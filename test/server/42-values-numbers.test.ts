import { promiseCarried } from '../support/corpus/carry.ts';
import { NUMBERS } from '../support/corpus/numbers.ts';

promiseCarried(NUMBERS);
