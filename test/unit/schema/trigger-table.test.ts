import { expect, test } from 'vitest';

import { triggerTable } from '../../../src/schema/trigger-table.ts';

test.each([
  ['CREATE DEFINER=`root`@`%` TRIGGER `t` BEFORE INSERT ON `orders` FOR EACH ROW SET NEW.a = 1', 'orders'],
  ['create trigger t after update on orders for each row begin end', 'orders'],
  ['CREATE TRIGGER t AFTER UPDATE ON shop.orders FOR EACH ROW BEGIN END', 'orders'],
  ['CREATE TRIGGER `s`.`t` AFTER DELETE ON `a.b`.`c``d e` FOR EACH ROW FOLLOWS x BEGIN END', 'c`d e'],
  ['CREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON"or""ders"FOR EACH ROW SET @a = "ON x FOR EACH"', 'or"ders'],
  ['CREATE /* on x */ TRIGGER t -- on y\n BEFORE # on z\n INSERT ON/**/orders/* */FOR EACH ROW SET @a = 1', 'orders'],
  ['CREATE /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1 */', 'orders'],
  ['CREATE TRIGGER before BEFORE UPDATE OF a, b ON orders FOR EACH ROW SET @on = 1', 'orders'],
  ['CREATE DEFINER=`before`@`on` TRIGGER `ON` AFTER INSERT OR UPDATE ON `für` FOR EACH ROW SET @a = 1', 'für'],
  ['CREATE PROCEDURE p() BEGIN END', undefined],
  ['', undefined],
])('%s is for %s', (sql, table) => {
  expect(triggerTable(sql)).toBe(table);
});
