import { describe, expect, it } from 'vitest';

import { revealBody } from '../../../src/format/code.ts';
import { disguisedOpening, wantDisguise } from '../../../src/format/data-names.ts';

describe('names in data files', () => {
  it('are disguised only where they would end a statement', () => {
    expect(wantDisguise(['a;b', 'a\nb', ';', '\n;', 'a; b'])).toBe(false);
    expect(wantDisguise(['plain', 'a;\nb'])).toBe(true);
    expect(wantDisguise(['a;  \nb'])).toBe(true);
  });

  it('come back byte for byte', () => {
    const opening = 'INSERT INTO `a;\nb` (`x;  \n;\n`,`é`) VALUES(';
    const disguised = disguisedOpening(opening);
    expect(disguised.toString()).not.toContain(';\n');
    expect(revealBody(disguised).toString()).toBe(opening);
  });
});
