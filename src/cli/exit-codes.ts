/** What a run's exit codes and the signals that it takes mean, for help and manual; src/base/errors.ts has the codes. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'wrong usage; nothing was done'],
  ['3', 'done, but something that was asked for could not be carried; it is named'],
  ['4', 'the rows loaded differ from the rows dumped'],
  ['5', 'connection, authentication or privilege, or the server went away'],
  ['6', 'the lock or the snapshot could not be had'],
  ['7', 'storage: the directory is not empty, disk full, permissions'],
  ['8', 'the dump is incomplete or damaged, or holds statements that no dump needs'],
  ['9', 'stopped by --stop-after; the same command with --resume goes on'],
  ['11', 'another run is at work in the same place'],
  ['130, 143', 'interrupted by Ctrl-C, by SIGTERM'],
];

export const SIGNALS: readonly (readonly [signals: string, meaning: string])[] = [
  [
    'SIGINT, SIGTERM',
    'stop in good order, what the server still does for the run included; the second one stops at once',
  ],
  ['SIGHUP', 'as SIGTERM, if the run was watched on a terminal; under nohup, or with stderr elsewhere, it goes on'],
  ['SIGUSR1', 'say where the run stands and what each connection is at'],
];
