/** The keys and values of the file that mydumper 1.0.1 is installed with, /etc/mydumper.cnf. */

const charsets = (product: string): string => `[mydumper_${product}]
set-names=utf8mb4,utf8mb4
default-character-set=utf8mb4,utf8mb4
load-data-character-set=binary

[myloader_${product}]
max-threads-for-schema-creation=1
`;

export const SHIPPED = `# the file as it is installed
[mydumper]
ignore-engines=tokudb
load-data-character-set=binary

[mydumper_global_variables]
# sync_binlog = 0

[mydumper_session_variables]
CHARACTER_SET_RESULTS = NULL

[myloader_global_variables]
# sync_binlog = 0

[myloader_session_variables]
SQL_MODE='NO_AUTO_VALUE_ON_ZERO' /*!40101
UNIQUE_CHECKS=0 /*!40114
FOREIGN_KEY_CHECKS=0 /*!40114
SQL_LOG_BIN=0

[myloader_session_variables_mariadb]
SQL_MODE='NO_AUTO_VALUE_ON_ZERO' /*!40101
UNIQUE_CHECKS=1 /*!40114
FOREIGN_KEY_CHECKS=0 /*!40114

${['percona_8', 'mysql_8', 'mariadb_11', 'mariadb_12'].map(charsets).join('\n')}
[mydumper_google_8]
set-names=utf8mb4,utf8mb4
default-character-set=utf8mb4,utf8mb4
load-data-character-set=binary
skip-ddl-locks=1
table-engine-for-view-dependency=InnoDB

[myloader_google_8]
max-threads-for-schema-creation=1
`;
