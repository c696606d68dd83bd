/** Foreign keys: in circles, to oneself, across databases, to keys of all kinds and to tables that are not there. */

import type { Piece } from './piece.ts';

export const FOREIGN_KEYS: readonly Piece[] = [
  {
    what: 'foreign keys in circles and to the table itself, with every action',
    sql: `CREATE TABLE a (id INT PRIMARY KEY, b INT, up INT, CONSTRAINT up FOREIGN KEY (up) REFERENCES a (id) ON DELETE CASCADE ON UPDATE NO ACTION);
      CREATE TABLE b (id INT PRIMARY KEY, a INT, CONSTRAINT to_a FOREIGN KEY (a) REFERENCES a (id) ON DELETE SET NULL ON UPDATE CASCADE);
      ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b (id) ON DELETE RESTRICT ON UPDATE RESTRICT;
      INSERT INTO a VALUES (1, NULL, 1), (2, NULL, 1); INSERT INTO b VALUES (1, 2), (2, NULL); UPDATE a SET b = 2;
      CREATE TABLE many (x INT, y INT, z INT, FOREIGN KEY (x) REFERENCES a (id), FOREIGN KEY (y) REFERENCES b (id), FOREIGN KEY (z) REFERENCES a (id)); INSERT INTO many VALUES (1, 1, NULL)`,
  },
  {
    what: 'foreign keys across databases, both ways',
    sql: `CREATE TABLE {other}.parent (id INT PRIMARY KEY); CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES {other}.parent (id));
      CREATE TABLE {other}.grandchild (id INT, FOREIGN KEY (id) REFERENCES {db}.child (id)); INSERT INTO {other}.parent VALUES (1); INSERT INTO child VALUES (1); INSERT INTO {other}.grandchild VALUES (1), (1)`,
  },
  {
    what: 'foreign keys to composite keys, of text, and without keys of their own making',
    sql: `CREATE TABLE p (a INT, b VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin, c INT, PRIMARY KEY (a, b), UNIQUE KEY (c, a));
      CREATE TABLE c (a INT, b VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin, c INT, KEY long_one (a, b, c), FOREIGN KEY (a, b) REFERENCES p (a, b), CONSTRAINT \`it's; 2\` FOREIGN KEY (c, a) REFERENCES p (c, a));
      INSERT INTO p VALUES (1, 'é', 5); INSERT INTO c VALUES (1, 'é', NULL), (1, 'é', 5), (NULL, NULL, NULL)`,
  },
  {
    what: 'foreign keys to keys that are not unique',
    sql: `CREATE TABLE loose (id INT PRIMARY KEY, n INT, KEY (n)); INSERT INTO loose VALUES (1, 7), (2, 7); SET restrict_fk_on_non_standard_key = 0;
      CREATE TABLE bound (n INT, FOREIGN KEY (n) REFERENCES loose (n)); INSERT INTO bound VALUES (7); SET restrict_fk_on_non_standard_key = 1`,
    on: 'MySQL',
  },
  {
    what: 'foreign keys to keys that are not unique',
    sql: `CREATE TABLE loose (id INT PRIMARY KEY, n INT, KEY (n)); INSERT INTO loose VALUES (1, 7), (2, 7);
      CREATE TABLE bound (n INT, FOREIGN KEY (n) REFERENCES loose (n)); INSERT INTO bound VALUES (7)`,
    on: 'MariaDB',
  },
  {
    what: 'foreign keys to tables that are gone, and rows without a parent',
    sql: `CREATE TABLE gone (id INT PRIMARY KEY); CREATE TABLE orphan (id INT, FOREIGN KEY (id) REFERENCES gone (id)); SET foreign_key_checks = 0; INSERT INTO orphan VALUES (5);
      DROP TABLE gone; CREATE TABLE kept (id INT PRIMARY KEY); CREATE TABLE lost (id INT, FOREIGN KEY (id) REFERENCES kept (id)); INSERT INTO lost VALUES (9); SET foreign_key_checks = 1`,
  },
  {
    what: 'a foreign key that belongs to a column of a view, a trigger and a generated column',
    sql: `CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (a INT, g INT AS (a + 1) STORED, FOREIGN KEY (g) REFERENCES p (id), FOREIGN KEY (a) REFERENCES p (id));
      INSERT INTO p VALUES (1), (2); INSERT INTO c (a) VALUES (1), (NULL); CREATE VIEW v AS SELECT * FROM c JOIN p ON c.g = p.id`,
  },
];
