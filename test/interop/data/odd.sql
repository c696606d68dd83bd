-- What the dumps in mydumper-1.0.1/ hold, for either server. They were made by
--   mydumper -B 'interop odd.db' --triggers --routines --events [--compress=zstd]
-- on servers with sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', on MySQL with explain_format = TRADITIONAL (or it crashes).
-- mydumper keeps no sql_mode of code: the one below is what its dumps are read back under.
SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET SESSION time_zone = '+00:00';
SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';
CREATE DATABASE `interop odd.db` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
USE `interop odd.db`;

CREATE TABLE plain (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  word VARCHAR(60) NOT NULL DEFAULT 'it''s',
  price DECIMAL(20,4),
  ratio DOUBLE,
  happened TIMESTAMP(6) NULL,
  day DATE,
  doc JSON,
  bytes LONGBLOB,
  flags BIT(10),
  twice VARCHAR(130) GENERATED ALWAYS AS (CONCAT(word, '/', word)) STORED,
  KEY by_word (word)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

INSERT INTO plain (word, price, ratio, happened, day, doc, bytes, flags) VALUES
  ('', 0, -0.5, '2026-02-03 04:05:06.789012', '2026-02-28', '{"a": [1, 2.5, null, "x\\ny"]}', '', b'0'),
  ('tab\tnew\nline\r quote\' " back\\ percent% zero\0 z\Z', -12345678.9012, 1e300, NULL, '1000-01-01', '[]', X'00', b'1111111111'),
  ('日本語 Ünïcödé 😀', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (';\n-- no end', 1, 0.1, '2038-01-19 03:14:07', '9999-12-31', '"; "', X'3B0A', b'101');
INSERT INTO plain (word, bytes) SELECT CONCAT('byte ', n), UNHEX(HEX(CHAR(n USING binary)))
  FROM (SELECT a.d + 16 * b.d AS n FROM
    (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
     UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15) a,
    (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
     UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15) b) numbers
  ORDER BY n;
INSERT INTO plain (word, bytes) VALUES ('many', REPEAT(X'00FF5C27220A0D1A', 100));

CREATE TABLE `dots.and spaces` (`a.b` INT, `back``tick` TEXT, `select` CHAR(3), PRIMARY KEY (`a.b`)) ENGINE=InnoDB;
INSERT INTO `dots.and spaces` VALUES (-1, 'x', 'abc'), (0, NULL, ''), (2147483647, '`', NULL);

CREATE TABLE `größe;` (id INT PRIMARY KEY, `naïve` VARCHAR(10)) ENGINE=InnoDB;
INSERT INTO `größe;` VALUES (1, 'é'), (2, NULL);

CREATE TABLE `back``tick` (id INT PRIMARY KEY, parent INT, CONSTRAINT up FOREIGN KEY (parent) REFERENCES `back``tick` (id)) ENGINE=InnoDB;
INSERT INTO `back``tick` VALUES (1, NULL), (2, 1), (3, 3);

CREATE TABLE latin (id INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB DEFAULT CHARSET=latin1;
INSERT INTO latin VALUES (1, 'café'), (2, 'ß');

CREATE TABLE `no rows` (id INT PRIMARY KEY) ENGINE=InnoDB;

CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100)) ENGINE=InnoDB;

CREATE VIEW later AS SELECT id, word FROM plain WHERE id > 2;
CREATE VIEW `a view` AS SELECT COUNT(*) AS n FROM later;

DELIMITER $$
CREATE TRIGGER plain_ai AFTER INSERT ON plain FOR EACH ROW
BEGIN
  INSERT INTO log (what) VALUES (CONCAT('plain ', NEW.word));
END$$
CREATE FUNCTION doubled(n INT) RETURNS INT DETERMINISTIC
BEGIN
  DECLARE result INT DEFAULT 0;
  SET result = n * 2; -- twice
  RETURN result;
END$$
CREATE PROCEDURE `fill log`(IN n INT)
BEGIN
  INSERT INTO log (what) VALUES ('it''s; "so"');
END$$
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 02:00:00' DISABLE DO
BEGIN
  DELETE FROM log;
END$$
DELIMITER ;
