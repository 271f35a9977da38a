import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPatchCall } from '../../../rules/patches/patch-call.ts';

describe('the patch call of a Makefile.uk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patch-call-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const variables: Record<string, string> = { BASE: '/lib', VERSION: '1.2', NAME: 'libx' };
  const expand = (text: string): string =>
    text.replace(/\$\((\w+)\)/g, (_, name: string) => variables[name] ?? '');
  const find = (text: string, library = 'libx') => {
    writeFileSync(join(folder, 'Makefile.uk'), text);
    return findPatchCall(folder, library, expand);
  };

  test('gives folder and subfolder, with variables filled in', () => {
    expect(find('$(eval $(call patch,libx,$(BASE)/patches,x-$(VERSION)))\n')).toEqual({
      patches: '/lib/patches',
      subfolder: 'x-1.2',
    });
  });

  test('takes blanks, braces, continued lines, names by variable and a missing subfolder', () => {
    expect(find('  $(eval ${call  patch ,$(NAME),\\\n\t$(BASE)/p})\n')).toEqual({
      patches: '/lib/p',
      subfolder: '',
    });
  });

  test('does not part arguments at commas inside brackets', () => {
    expect(find('$(eval $(call patch,libx,/p,$(subst a,b,c)))')?.subfolder).toBe('$(subst a,b,c)');
  });

  test('passes over comments, other libraries, other macros and an unclosed call', () => {
    const others = [
      '# $(eval $(call patch,libx,/p,x))\n',
      'A = 1 # $(eval $(call patch,libx,/p,x))\n',
      '$(eval $(call patch,liby,/p,x))\n',
      '$(eval $(call patches,libx,/p,x))\n',
      '$(eval $(call patch,libx,/p\nB = )\n',
    ];
    for (const text of others) expect(find(text), text).toBeUndefined();
  });

  test('looks into the makefiles beside Makefile.uk', () => {
    writeFileSync(join(folder, 'Makefile.rules'), '$(eval $(call patch,libx,/p,x))\n');
    expect(find('include $(BASE)/Makefile.rules\n')).toEqual({ patches: '/p', subfolder: 'x' });
  });
});
