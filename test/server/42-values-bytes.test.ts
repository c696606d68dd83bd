import { promiseCarried } from '../support/corpus/carry.ts';
import { BYTES } from '../support/corpus/bytes.ts';

promiseCarried(BYTES);
