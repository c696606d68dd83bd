/** Entry of a thread that checks files, several jobs at a time: while one waits for the disk or the decoder, another is counted. */
import { serve } from '../threads/serve.ts';
import { checkFile } from './check-file.ts';
import type { CheckMethods, CheckSetup, FileReport } from './job.ts';

serve<CheckSetup, CheckMethods>((setup) => ({
  async check(jobs) {
    const reports: FileReport[] = [];
    for (const job of jobs) reports.push(await checkFile(setup, job));
    return reports;
  },
}));
