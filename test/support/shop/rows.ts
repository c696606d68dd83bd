/**
 * The rows of the shop, made on the server: INSERT … SELECT from a table of numbers, every value arithmetic or a hash of
 * its row's number, so that the same scale gives the same bytes on every server. Texts are chosen from words.ts.
 */

import * as words from './words.ts';

/** How many rows the numbered tables get; everything follows from the number of orders. */
export interface Scale {
  readonly orders: number;
  readonly customers: number;
  readonly addresses: number;
  readonly products: number;
  readonly reviews: number;
  readonly carts: number;
  readonly pageViews: number;
  readonly images: number;
}

export function scaleOf(orders: number): Scale {
  const share = (divisor: number): number => Math.max(10, Math.floor(orders / divisor));
  return {
    orders,
    customers: share(4),
    addresses: share(3),
    products: share(40),
    reviews: share(5),
    carts: share(20),
    pageViews: orders,
    images: Math.min(300, share(40)),
  };
}

/** Fills `numbers` with 1 to `last`. */
export function numbers(last: number): string {
  const digit = Array.from({ length: 10 }, (_, value) => `SELECT ${value} AS d`).join(' UNION ALL ');
  const places = Array.from({ length: String(last).length }, (_, place) => place);
  const sum = places.map((place) => `${10 ** place} * p${place}.d`).join(' + ');
  return `INSERT INTO numbers SELECT n FROM (SELECT ${sum} AS n FROM
    ${places.map((place) => `(${digit}) AS p${place}`).join(' CROSS JOIN ')}) AS counted
    WHERE n BETWEEN 1 AND ${last} ORDER BY n`;
}

/**
 * One INSERT a table, the longest first; each stands alone and may run beside the others. Two into one table may not:
 * MariaDB's bulk insert locks an empty table whole, and they deadlock now and then.
 */
export function rows(scale: Scale): string[] {
  return [
    orderLines(scale),
    orders(scale),
    payments(scale),
    pageViews(scale),
    customers(scale),
    addresses(scale),
    productTexts(scale),
    reviews(scale),
    stock(scale),
    carts(scale),
    images(scale),
    products(scale),
    ...smallTables(),
  ];
}

const upTo = (last: number): string => `FROM numbers WHERE n <= ${last} ORDER BY n`;

/** A number that looks random, from the row's own number. */
const hash = (salt: string): string => `CRC32(CONCAT('${salt}', n))`;

const below = (limit: number, salt: string): string => `(${hash(salt)} % ${limit})`;

const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0').replaceAll('\u001a', '\\Z')}'`;

const pick = (texts: readonly string[], salt: string): string =>
  `ELT(1 + ${below(texts.length, salt)}, ${texts.map(literal).join(', ')})`;

const orders = (scale: Scale): string => `
  INSERT INTO orders (id, customer_id, address_id, ordered_at, status, currency, shipping, remark, changed_at)
  SELECT n, 1 + ${below(scale.customers, 'who')}, 1 + ${below(scale.addresses, 'where')},
    '2023-01-01' + INTERVAL n * 211 SECOND + INTERVAL ${below(1_000_000, 'micro')} MICROSECOND,
    1 + ${below(4, 'status')}, ${pick(['EUR', 'EUR', 'JPY', 'EGP'], 'currency')}, ${below(2000, 'ship')} / 100,
    IF(n % 3 = 0, NULL, ${pick(words.REMARKS, 'remark')}),
    IF(n % 4 = 0, NULL, '2023-01-02' + INTERVAL n * 211 SECOND)
  ${upTo(scale.orders)}`;

const orderLines = (scale: Scale): string => `
  INSERT INTO order_lines (order_id, line, product_id, quantity, unit_price, discount)
  SELECT n, line, 1 + CRC32(CONCAT(n, '/', line)) % ${scale.products}, 1 + (n + line) % 5,
    1 + (n * 37 + line * 11) % 20000 / 100, IF(n % 7 = 0, (n % 40) / 100, NULL)
  FROM numbers JOIN (SELECT 1 AS line UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
    UNION ALL SELECT 6) AS places ON line <= 1 + ${below(6, 'lines')}
  WHERE n <= ${scale.orders} ORDER BY n, line`;

const payments = (scale: Scale): string => `
  INSERT INTO payments (id, order_id, method, amount, paid_at, receipt)
  SELECT n, n, 1 + ${below(3, 'method')}, ${below(1_000_000, 'amount')} / 100,
    IF(n % 9 = 0, NULL, '2023-01-01 12:00:00' + INTERVAL n * 211 SECOND + INTERVAL n MICROSECOND),
    IF(n % 5 = 0, NULL, SUBSTR(UNHEX(SHA2(n, 256)), 1, n % 33))
  FROM numbers WHERE n <= ${scale.orders} AND n % 10 <> 3 ORDER BY n`;

/** Every tenth view occurs twice, to the last byte. */
const pageViews = (scale: Scale): string => `
  INSERT INTO page_views (seen_at, customer_id, path, referrer, took_ms)
  SELECT '2024-02-28 22:00:00' + INTERVAL n * 3 SECOND, IF(n % 3 = 0, NULL, 1 + ${below(scale.customers, 'visitor')}),
    CONCAT('/', ${pick(words.GOODS, 'path')}, '?q=', ${below(500, 'query')}),
    IF(n % 4 = 0, NULL, ELT(1 + n % 2, '', 'https://example.org/search?q="tea"&x=\\\\')), ${below(3000, 'took')}
  FROM (SELECT n - (n % 10 = 1 AND n > 1) AS n FROM numbers WHERE n <= ${scale.pageViews}) AS repeated ORDER BY n`;

const customers = (scale: Scale): string => `
  INSERT INTO customers (id, email, first_name, last_name, language, born_on, password_hash, preferences, balance)
  SELECT n, CONCAT('customer.', n, '@example.', ELT(1 + n % 3, 'org', 'com', 'net')),
    IF(n % 11 = 0, NULL, IF(n % 13 = 0, '', ${pick(words.FIRST_NAMES, 'first')})), ${pick(words.LAST_NAMES, 'last')},
    ${pick(
      words.LANGUAGES.map(([code]) => code),
      'language',
    )},
    IF(n % 6 = 0, NULL, '1940-01-01' + INTERVAL ${below(25_000, 'born')} DAY), UNHEX(SHA2(CONCAT('secret', n), 256)),
    IF(n % 5 = 0, NULL, JSON_OBJECT('newsletter', n % 2 = 0, 'city', ${pick(words.CITIES, 'city')}, 'limit', n / 8e0)),
    (CAST(${hash('balance')} AS SIGNED) - 2147483648) / 10000
  ${upTo(scale.customers)}`;

const addresses = (scale: Scale): string => `
  INSERT INTO addresses (id, customer_id, street, city, postcode)
  SELECT n, 1 + n % ${scale.customers}, CONCAT(${pick(words.STREETS, 'street')}, ' ', 1 + n % 120),
    ${pick(words.CITIES, 'town')}, IF(n % 8 = 0, NULL, LPAD(${below(100_000, 'postcode')}, 5, '0'))
  ${upTo(scale.addresses)}`;

const products = (scale: Scale): string => `
  INSERT INTO products (id, sku, category_id, supplier_id, name, price, tax_rate, weight_kg, volume, features,
    attributes, flags, internal_rank, created_at, changed_at)
  SELECT n, CONCAT('SKU-', LPAD(n, 8, '0')), 1 + ${below(60, 'category')}, 1 + ${below(40, 'supplier')},
    CONCAT(${pick(words.GOODS, 'good')}, ' ', ${pick(words.QUALITIES, 'quality')}), ${below(50_000, 'price')} / 100,
    ELT(1 + n % 3, 0.190, 0.070, 0.000), IF(n % 10 = 0, NULL, ${hash('weight')} / 3e8),
    CASE n WHEN 1 THEN 1.7976931348623157e308 WHEN 2 THEN 2.2250738585072014e-308 ELSE ${hash('volume')} / 7e0 END,
    n % 16,
    IF(n % 7 = 0, NULL, JSON_OBJECT('colour', ${pick(words.COLOURS, 'colour')}, 'sizes', JSON_ARRAY('S', 'M', n % 50),
      'note', ${pick(words.REMARKS, 'note')}, 'nested', JSON_OBJECT('', NULL, 'a"b', 1.5))),
    ${below(1024, 'flags')}, IF(n % 2 = 0, NULL, n), '2022-05-01' + INTERVAL n * 997 MICROSECOND + INTERVAL n HOUR,
    '2024-03-31 00:30:00' + INTERVAL n MINUTE
  ${upTo(scale.products)}`;

const productTexts = (scale: Scale): string => `
  INSERT INTO product_texts (product_id, language, title, description)
  SELECT n, code, CONCAT(${pick(words.GOODS, 'title')}, ' (', code, ')'),
    IF(n % 12 = 0, NULL, REPEAT(CONCAT(${pick(words.REMARKS, 'text')}, '\\n'), 1 + n % 6))
  FROM numbers CROSS JOIN (${words.LANGUAGES.map(([code]) => `SELECT '${code}' AS code`).join(' UNION ALL ')}) AS spoken
  WHERE n <= ${scale.products} ORDER BY n, code`;

const reviews = (scale: Scale): string => `
  INSERT INTO reviews (id, product_id, customer_id, stars, body)
  SELECT n, 1 + ${below(scale.products, 'what')}, 1 + ${below(scale.customers, 'reviewer')}, 1 + n % 5,
    CONCAT(${pick(words.REMARKS, 'body')}, IF(n % 50 = 0, REPEAT(' 👍', 200), ''))
  ${upTo(scale.reviews)}`;

const stock = (scale: Scale): string => `
  INSERT INTO stock (warehouse_id, product_id, quantity, counted_on)
  SELECT house, n, CAST(${below(500, 'stock')} AS SIGNED) - house, IF(n % 4 = 0, NULL, '2024-01-01' + INTERVAL n % 365 DAY)
  FROM numbers CROSS JOIN (SELECT -1 AS house UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS houses
  WHERE n <= ${scale.products} ORDER BY house, n`;

const carts = (scale: Scale): string => `
  INSERT INTO carts (id, customer_id, content, touched_at)
  SELECT CONCAT_WS('-', SUBSTR(hex, 1, 8), SUBSTR(hex, 9, 4), SUBSTR(hex, 13, 4), SUBSTR(hex, 17, 4), SUBSTR(hex, 21, 12)),
    IF(n % 2 = 0, NULL, 1 + n % ${scale.customers}), JSON_ARRAY(JSON_OBJECT('product', n, 'wish', ${pick(words.COLOURS, 'wish')})),
    '2024-10-27 00:59:59.999' + INTERVAL n * 1001000 MICROSECOND
  FROM (SELECT n, SHA2(CONCAT('cart', n), 256) AS hex FROM numbers WHERE n <= ${scale.carts}) AS named`;

/** Every image holds all 256 bytes, from another one on; the first is large. */
const images = (scale: Scale): string => {
  const bytes = `x'${Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex')}'`;
  return `
  INSERT INTO product_images (product_id, place, content, checksum)
  SELECT n, 1 + n % 3, REPEAT(CONCAT(SUBSTR(${bytes}, 1 + n % 256), SUBSTR(${bytes}, 1, n % 256)),
    IF(n = 1, 6000, 1 + n % 40)), SUBSTR(UNHEX(SHA2(CONCAT('image', n), 256)), 1, n % 33)
  ${upTo(scale.images)}`;
};

const smallTables = (): string[] => [
  `INSERT INTO languages VALUES ${words.LANGUAGES.map(([code, name]) => `('${code}', ${literal(name)})`).join(', ')}`,
  `INSERT INTO categories (id, parent_id, name)
   SELECT n, IF(n <= 6, NULL, n DIV 3), CONCAT(${pick(words.GOODS, 'kind')}, ' ', n) ${upTo(60)}`,
  `INSERT INTO suppliers (id, name, legacy_name, contact, rating)
   SELECT n, CONCAT(${pick(words.LAST_NAMES, 'supplier')}, ' & ', ${pick(words.FIRST_NAMES, 'partner')}),
     ELT(1 + n % 3, NULL, 'Süßwaren Höß', ''), IF(n % 3 = 0, NULL, JSON_OBJECT('phone', CONCAT('+30 ', n), 'fax', NULL)),
     1 + n % 4 ${upTo(40)}`,
  `INSERT INTO warehouses VALUES (-1, 'returned, or lost', ST_GeomFromText('POINT(0 0)'), NULL, NULL),
     (1, 'Köln', ST_GeomFromText('POINT(6.9583 50.9413)'), '07:30:00', 1998),
     (2, 'Θεσσαλονίκη', ST_GeomFromText('POINT(22.9444 40.6401)'), '-00:30:00', 2011),
     (3, '京都', ST_GeomFromText('POINT(135.7681 35.0116)'), '838:59:59', 2155)`,
];
