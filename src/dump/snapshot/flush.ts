import type { LockWay } from './scene.ts';

/**
 * FLUSH TABLES WITH READ LOCK: nothing is written or committed anywhere on the server. It waits behind running
 * statements (on MySQL behind SELECTs too) and everybody's writes wait behind it meanwhile.
 *
 * On MySQL nothing lighter gives an exact snapshot and an exact position: LOCK INSTANCE FOR BACKUP stops no rows, and a
 * transaction is in the binlog, and in performance_schema.log_status, before InnoDB's snapshots see it.
 */
export const flushTables: LockWay = {
  kind: 'FLUSH TABLES WITH READ LOCK',
  // On MySQL it waits for every session that has tables locked.
  locksApartFirst: false,
  stopsApart: true,
  async lock({ session }, look) {
    await look();
    await session.execute('FLUSH TABLES WITH READ LOCK');
  },
  async unlock(session) {
    await session.execute('UNLOCK TABLES');
  },
};

/**
 * MariaDB's backup stages. From BLOCK_DDL on definitions and the rows of non-transactional tables stand still, while
 * InnoDB's are written as ever: what takes time is done there. BLOCK_COMMIT then holds up commits only.
 */
export const backupStages: LockWay = {
  kind: 'BACKUP STAGE BLOCK_COMMIT',
  // 4,000 MyISAM tables take a second to lock: InnoDB's commits need not wait for that.
  locksApartFirst: true,
  stopsApart: true,
  async lock({ session }, look) {
    for (const stage of ['START', 'FLUSH', 'BLOCK_DDL']) await session.execute(`BACKUP STAGE ${stage}`);
    await look();
    await session.execute('BACKUP STAGE BLOCK_COMMIT');
  },
  async unlock(session) {
    await session.execute('BACKUP STAGE END');
  },
};
