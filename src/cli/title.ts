/** What `ps` shows of the command line: everything but the password. */

/** Found by its value, and so whatever the form it was given in: -pPW, -p PW, --password=PW; in a URL by its place. */
export function titleWithout(password: string | undefined, program: string, argv: readonly string[]): string {
  const hidden =
    password === undefined || password === '' ? argv : argv.map((each) => each.replaceAll(password, '***'));
  const urls = hidden.map((each) => each.replace(/(\w:\/\/[^/@:]*:)[^/]*@/, '$1***@'));
  return [program, ...urls].join(' ');
}
