/** What the shop sells, to whom, and what people say about it: texts as they come in from all over the world. */

export const FIRST_NAMES = [
  'Jürgen',
  'Ελένη',
  '陽菜',
  'ليلى',
  'Zoë',
  "Siobhán 'Shiv'",
  'Łukasz',
  'Ana',
  'Ōe',
  'Maximilian',
];

export const LAST_NAMES = [
  'Groß',
  'Παπαδόπουλος',
  '佐藤',
  'الحداد',
  "O'Brien",
  'Müller-Lüdenscheidt',
  'Núñez',
  'Smith',
  'Ng',
];

export const CITIES = ['Köln', 'Θεσσαλονίκη', '京都', 'القاهرة', 'Kraków', 'A Coruña', 'Reykjavík', 'York'];

export const STREETS = ['Straße des 17. Juni', 'Οδός Ερμού', '四条通', 'شارع النيل', "Rue de l'Église", '5th "Avenue"'];

export const GOODS = ['Teekanne', 'ποτήρι', '湯呑み', 'فنجان', 'kettle', 'Löffel', 'σαπούνι', '石鹸', 'صابون', 'towel'];

export const QUALITIES = ['blau', 'μεγάλο', '新しい', 'قديم', '100 % wool', '½ price ✨', 'très léger', 'C:\\new\\'];

export const COLOURS = ['red', 'grün', 'γαλάζιο', '白', 'أسود'];

/** Reviews and order notes, with everything that a careless escape would break. */
export const REMARKS = [
  'Sehr schön, aber zu groß. Grüße aus Köln!',
  'Εξαιρετικό προϊόν, γρήγορη αποστολή.',
  'とても良い商品です。また買います。',
  'منتج ممتاز، شكراً جزيلاً',
  'Love it 😍👍🏽 — 👨‍👩‍👧‍👦 approved; would buy again;',
  "He said: \"it's fine\"; she said: 'no'.",
  'Line one\nline two\r\nline three\twith a tab',
  'A backslash \\ at the end \\',
  '-- not a comment, /* nor this */ # nor that',
  '',
  'NULL',
  '\0 zero, \u001a substitute, \b backspace, % and _',
];

export const LANGUAGES: readonly (readonly [code: string, name: string])[] = [
  ['de', 'Deutsch'],
  ['el', 'Ελληνικά'],
  ['ja', '日本語'],
  ['ar', 'العربية'],
  ['en', 'English'],
];
