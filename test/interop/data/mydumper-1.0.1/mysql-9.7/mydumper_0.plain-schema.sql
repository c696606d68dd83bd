/*!40101 SET NAMES binary*/;
/*!40014 SET FOREIGN_KEY_CHECKS=0*/;
/*!40101 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'*/;
/*!40103 SET TIME_ZONE='+00:00' */;
CREATE TABLE `plain` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `word` varchar(60) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'it''s',
  `price` decimal(20,4) DEFAULT NULL,
  `ratio` double DEFAULT NULL,
  `happened` timestamp(6) NULL DEFAULT NULL,
  `day` date DEFAULT NULL,
  `doc` json DEFAULT NULL,
  `bytes` longblob,
  `flags` bit(10) DEFAULT NULL,
  `twice` varchar(130) COLLATE utf8mb4_unicode_ci GENERATED ALWAYS AS (concat(`word`,_utf8mb4'/',`word`)) STORED,
  PRIMARY KEY (`id`),
  KEY `by_word` (`word`)
) ENGINE=InnoDB AUTO_INCREMENT=517 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
