import { promiseCarried } from '../support/corpus/carry.ts';
import { DOCUMENTS } from '../support/corpus/documents.ts';

promiseCarried(DOCUMENTS);
