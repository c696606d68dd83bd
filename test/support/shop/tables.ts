/**
 * The tables of the shop, in an order in which each refers only to earlier ones. Secondary keys and foreign keys of the
 * large tables stand apart, so that rows can be loaded first.
 */

/** Tables as they are created; everything here runs on MySQL 8.4 and later and on MariaDB 10.11 and later. */
export const TABLES: readonly string[] = [
  `CREATE TABLE languages (
    code CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name VARCHAR(40) NOT NULL UNIQUE
  ) ENGINE=InnoDB COMMENT='Codes as in ISO 639-1; "de", ''el'' and so on \\\\ nothing else'`,

  `CREATE TABLE categories (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    parent_id INT UNSIGNED NULL COMMENT 'NULL at the root; else the category''s parent',
    name VARCHAR(80) NOT NULL,
    KEY by_parent (parent_id),
    CONSTRAINT category_parent FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE CASCADE
  ) ENGINE=InnoDB`,

  `CREATE TABLE suppliers (
    id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(120) NOT NULL,
    legacy_name VARCHAR(60) CHARACTER SET latin1 COLLATE latin1_german2_ci NULL,
    contact JSON NULL,
    rating ENUM('gut', 'μέτρια', 'it''s bad', '') NOT NULL DEFAULT 'gut'
  ) ENGINE=InnoDB`,

  `CREATE TABLE products (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sku VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    category_id INT UNSIGNED NOT NULL,
    supplier_id SMALLINT UNSIGNED NOT NULL,
    name VARCHAR(120) NOT NULL,
    price DECIMAL(10,2) NOT NULL,
    tax_rate DECIMAL(4,3) NOT NULL DEFAULT 0.190,
    gross_price DECIMAL(12,2) GENERATED ALWAYS AS (ROUND(price * (1 + tax_rate), 2)) STORED,
    weight_kg FLOAT NULL,
    volume DOUBLE NULL,
    features SET('fragile', 'gift-wrap', 'bulky', 'κρύο') NOT NULL DEFAULT '',
    attributes JSON NULL,
    colour VARCHAR(40) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(attributes, '$.colour'))) VIRTUAL,
    flags BIT(10) NOT NULL DEFAULT b'0',
    internal_rank INT INVISIBLE NULL,
    created_at DATETIME(6) NOT NULL,
    changed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    UNIQUE KEY by_sku (sku),
    KEY by_colour (colour, price),
    KEY by_name (name(20)),
    CONSTRAINT product_category FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT product_supplier FOREIGN KEY (supplier_id) REFERENCES suppliers (id) ON UPDATE CASCADE,
    CONSTRAINT price_not_negative CHECK (price >= 0)
  ) ENGINE=InnoDB`,

  `CREATE TABLE product_texts (
    product_id INT UNSIGNED NOT NULL,
    language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    title VARCHAR(160) NOT NULL,
    description MEDIUMTEXT NULL,
    PRIMARY KEY (product_id, language),
    CONSTRAINT text_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT text_language FOREIGN KEY (language) REFERENCES languages (code)
  ) ENGINE=InnoDB`,

  `CREATE TABLE product_images (
    product_id INT UNSIGNED NOT NULL,
    place TINYINT UNSIGNED NOT NULL,
    content LONGBLOB NOT NULL,
    checksum VARBINARY(32) NOT NULL,
    PRIMARY KEY (product_id, place),
    CONSTRAINT image_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
  ) ENGINE=InnoDB`,

  `CREATE TABLE warehouses (
    id SMALLINT NOT NULL PRIMARY KEY,
    city VARCHAR(60) NOT NULL,
    place POINT NOT NULL,
    opens TIME NULL,
    since YEAR NULL,
    SPATIAL KEY by_place (place)
  ) ENGINE=InnoDB`,

  `CREATE TABLE stock (
    warehouse_id SMALLINT NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    quantity INT NOT NULL DEFAULT 0,
    counted_on DATE NULL,
    PRIMARY KEY (warehouse_id, product_id),
    CONSTRAINT stock_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouses (id),
    CONSTRAINT stock_product FOREIGN KEY (product_id) REFERENCES products (id)
  ) ENGINE=InnoDB`,

  `CREATE TABLE customers (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email VARCHAR(120) NOT NULL,
    first_name VARCHAR(60) NULL,
    last_name VARCHAR(60) NOT NULL,
    language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    born_on DATE NULL,
    password_hash BINARY(32) NOT NULL,
    preferences JSON NULL,
    balance DECIMAL(20,4) NOT NULL DEFAULT 0
  ) ENGINE=InnoDB`,

  `CREATE TABLE addresses (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id INT UNSIGNED NOT NULL,
    street VARCHAR(120) NOT NULL,
    city VARCHAR(60) NOT NULL,
    postcode VARCHAR(12) NULL
  ) ENGINE=InnoDB`,

  `CREATE TABLE carts (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    customer_id INT UNSIGNED NULL,
    content JSON NOT NULL,
    touched_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
  ) ENGINE=InnoDB`,

  `CREATE TABLE orders (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id INT UNSIGNED NOT NULL,
    address_id INT UNSIGNED NOT NULL,
    ordered_at DATETIME(6) NOT NULL,
    ordered_on DATE GENERATED ALWAYS AS (CAST(ordered_at AS DATE)) VIRTUAL,
    status ENUM('new', 'paid', 'sent', 'returned') NOT NULL DEFAULT 'new',
    currency CHAR(3) CHARACTER SET ascii NOT NULL DEFAULT 'EUR',
    shipping DECIMAL(8,2) NOT NULL DEFAULT 0,
    remark TEXT NULL,
    changed_at TIMESTAMP NULL
  ) ENGINE=InnoDB`,

  `CREATE TABLE order_lines (
    order_id BIGINT UNSIGNED NOT NULL,
    line SMALLINT UNSIGNED NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    quantity SMALLINT UNSIGNED NOT NULL,
    unit_price DECIMAL(10,2) NOT NULL,
    discount DECIMAL(4,3) NULL,
    total DECIMAL(14,2) GENERATED ALWAYS AS (ROUND(quantity * unit_price * (1 - COALESCE(discount, 0)), 2)) STORED,
    PRIMARY KEY (order_id, line)
  ) ENGINE=InnoDB`,

  `CREATE TABLE payments (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id BIGINT UNSIGNED NOT NULL,
    method ENUM('card', 'transfer', 'voucher') NOT NULL,
    amount DECIMAL(14,2) NOT NULL,
    paid_at TIMESTAMP(6) NULL DEFAULT NULL,
    receipt VARBINARY(48) NULL
  ) ENGINE=InnoDB`,

  `CREATE TABLE reviews (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id INT UNSIGNED NOT NULL,
    customer_id INT UNSIGNED NOT NULL,
    stars TINYINT NOT NULL,
    body TEXT NOT NULL
  ) ENGINE=InnoDB`,

  `CREATE TABLE page_views (
    seen_at DATETIME NOT NULL,
    customer_id INT UNSIGNED NULL,
    path VARCHAR(80) NOT NULL,
    referrer VARCHAR(80) NULL,
    took_ms SMALLINT UNSIGNED NOT NULL
  ) ENGINE=InnoDB COMMENT='No primary key, and rows that occur more than once'`,

  `CREATE TABLE order_history (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id BIGINT UNSIGNED NOT NULL,
    old_status VARCHAR(10) NULL,
    new_status VARCHAR(10) NOT NULL,
    KEY by_order (order_id)
  ) ENGINE=InnoDB AUTO_INCREMENT=1001`,

  `CREATE TABLE gift_cards (
    code CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    worth DECIMAL(8,2) NOT NULL,
    sold_at DATETIME NULL
  ) ENGINE=InnoDB COMMENT='Empty until somebody buys one'`,
];

/** Secondary keys of the large tables, added once their rows are there; the longest to build first. */
export const KEYS: readonly string[] = [
  'ALTER TABLE order_lines ADD KEY by_product (product_id)',
  `ALTER TABLE orders ADD KEY by_customer (customer_id), ADD KEY by_address (address_id),
    ADD KEY by_day (ordered_on, status)`,
  'ALTER TABLE payments ADD KEY by_order (order_id), ADD KEY by_time (paid_at)',
  'ALTER TABLE page_views ADD KEY by_time (seen_at)',
  'ALTER TABLE reviews ADD KEY by_product (product_id), ADD KEY by_customer (customer_id)',
  'ALTER TABLE customers ADD UNIQUE KEY by_email (email), ADD KEY by_language (language)',
  'ALTER TABLE addresses ADD KEY by_customer (customer_id)',
  'ALTER TABLE carts ADD KEY by_customer (customer_id)',
];

/**
 * Foreign keys of the large tables; quick, for no row is checked. One after the other: with foreign_key_checks=0,
 * MariaDB 10.11.18 now and then dies of signal 11 when a table gets a reference to another that is just being altered
 * and has an indexed virtual column, as `orders` has.
 */
export const FOREIGN_KEYS: readonly string[] = [
  `ALTER TABLE customers
    ADD CONSTRAINT customer_language FOREIGN KEY (language) REFERENCES languages (code)`,
  `ALTER TABLE addresses
    ADD CONSTRAINT address_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE`,
  `ALTER TABLE carts
    ADD CONSTRAINT cart_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL`,
  `ALTER TABLE orders
    ADD CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES customers (id),
    ADD CONSTRAINT order_address FOREIGN KEY (address_id) REFERENCES addresses (id)`,
  `ALTER TABLE order_lines
    ADD CONSTRAINT line_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    ADD CONSTRAINT line_product FOREIGN KEY (product_id) REFERENCES products (id)`,
  `ALTER TABLE payments
    ADD CONSTRAINT payment_order FOREIGN KEY (order_id) REFERENCES orders (id)`,
  `ALTER TABLE reviews
    ADD CONSTRAINT review_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    ADD CONSTRAINT review_customer FOREIGN KEY (customer_id) REFERENCES customers (id)`,
];
