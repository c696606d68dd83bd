/**
 * The shop's stored code, in an order in which each piece finds what it needs. It is believable, and it holds what
 * readers of SQL stumble upon: semicolons at the ends of lines, comments with apostrophes, a view that needs one whose
 * name sorts later, two triggers of one event whose names sort the other way round, a function that can only be read
 * under the sql_mode it was written in.
 */

export interface Code {
  readonly sql: string;
  /** Where the piece was not written under the shop's usual settings. */
  readonly settings?: readonly string[];
}

const functions: readonly Code[] = [
  {
    sql: `CREATE FUNCTION gross_price(net DECIMAL(10,2), rate DECIMAL(4,3)) RETURNS DECIMAL(12,2) DETERMINISTIC NO SQL
COMMENT 'What the customer pays; it''s rounded'
BEGIN
  -- Don't round the rate;
  DECLARE gross DECIMAL(16,6);
  SET gross = net * (1 + rate); # that's all;
  RETURN ROUND(gross, 2);
END`,
  },
  {
    settings: ["SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'"],
    sql: `CREATE FUNCTION "order_label"("number" BIGINT) RETURNS VARCHAR(60) CHARSET utf8mb4 DETERMINISTIC NO SQL
RETURN 'Nr. \\' || CAST("number" AS CHAR) || ' "ώ"; '`,
  },
];

const procedures: readonly Code[] = [
  {
    sql: `CREATE PROCEDURE restock(IN house SMALLINT, IN least INT, OUT changed INT)
    MODIFIES SQL DATA SQL SECURITY INVOKER
    COMMENT 'Fills up; says "how many"'
BEGIN
  DECLARE done INT DEFAULT 0;
  DECLARE product INT UNSIGNED;
  DECLARE low CURSOR FOR SELECT product_id FROM stock WHERE warehouse_id = house AND quantity < least;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
  SET changed = 0;
  /* The supplier's lorry doesn't wait;
     so we count while it stands in the yard. */
  OPEN low;
  every: LOOP
    FETCH low INTO product;
    IF done THEN
      LEAVE every;
    END IF;
    UPDATE stock SET quantity = least, counted_on = '2024-12-24' WHERE warehouse_id = house AND product_id = product;
    SET changed = changed + 1;
  END LOOP;
  CLOSE low;
  SELECT 'done; ώρα για καφέ ☕', CONCAT('it''s ', changed, ";") AS message;
END`,
  },
  {
    settings: ['SET SESSION character_set_client = latin1', 'SET SESSION collation_connection = latin1_german1_ci'],
    sql: 'CREATE PROCEDURE nothing()\nBEGIN\nEND',
  },
];

const views: readonly Code[] = [
  {
    sql: `CREATE VIEW sales_by_product AS
      SELECT product_id, SUM(quantity) AS sold, SUM(total) AS turnover, 'naïve; "quoted"' AS note
        FROM order_lines GROUP BY product_id`,
  },
  {
    sql: `CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW best_sellers AS
      SELECT p.name, s.sold, gross_price(p.price, p.tax_rate) AS gross
        FROM sales_by_product AS s JOIN products AS p ON p.id = s.product_id WHERE s.sold > 100`,
  },
  {
    sql: `CREATE VIEW arabic_customers AS SELECT id, email, last_name, language FROM customers WHERE language = 'ar'
      WITH CASCADED CHECK OPTION`,
  },
];

const triggers: readonly Code[] = [
  {
    sql: `CREATE TRIGGER orders_take_currency BEFORE INSERT ON orders FOR EACH ROW
BEGIN
  -- Japan's customers pay in yen;
  IF NEW.currency = '' THEN
    SET NEW.currency = 'JPY';
  END IF;
END`,
  },
  {
    sql: `CREATE TRIGGER orders_remark BEFORE INSERT ON orders FOR EACH ROW FOLLOWS orders_take_currency
SET NEW.remark = CONCAT(COALESCE(NEW.remark, ''), ' [', NEW.currency, ']')`,
  },
  {
    sql: `CREATE TRIGGER orders_keep_history AFTER UPDATE ON orders FOR EACH ROW
BEGIN
  IF NOT (OLD.status <=> NEW.status) THEN /* it's "changed"; */
    INSERT INTO order_history (order_id, old_status, new_status) VALUES (NEW.id, OLD.status, NEW.status);
  END IF;
END`,
  },
  {
    settings: ["SET SESSION sql_mode = ''"],
    sql: 'CREATE TRIGGER reviews_limit BEFORE UPDATE ON reviews FOR EACH ROW SET NEW.stars = LEAST(5, NEW.stars)',
  },
];

const events: readonly Code[] = [
  {
    settings: ["SET SESSION time_zone = '+02:00'"],
    sql: `CREATE EVENT forget_carts ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 03:00:00'
ON COMPLETION PRESERVE ENABLE COMMENT 'it''s nightly; see "carts"'
DO BEGIN
  -- A month is enough; don't ask;
  DELETE FROM carts WHERE touched_at < NOW() - INTERVAL 1 MONTH;
END`,
  },
  {
    sql: `CREATE EVENT close_year ON SCHEDULE AT '2036-12-31 23:59:59' ON COMPLETION PRESERVE DISABLE
DO UPDATE orders SET status = 'returned' WHERE status = 'sent'`,
  },
];

/** Done when the triggers are there, so that some rows are their work. */
const work: readonly Code[] = [
  { sql: `UPDATE orders SET status = 'returned' WHERE id <= 200 ORDER BY id` },
  { sql: `CALL restock(3, 4, @changed)` },
];

export const CODE: readonly Code[] = [...functions, ...procedures, ...views, ...triggers, ...events, ...work];
