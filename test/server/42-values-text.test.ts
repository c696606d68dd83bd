import { promiseCarried } from '../support/corpus/carry.ts';
import { TEXT } from '../support/corpus/text.ts';

promiseCarried(TEXT);
