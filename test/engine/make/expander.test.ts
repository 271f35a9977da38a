import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, MakeFailureError } from '../../../engine/make/evaluate.ts';
import type { MakeDatabase } from '../../../engine/make/database.ts';
import { MemoryHost } from './memory-host.ts';

function read(makefile: string, host = new MemoryHost()): MakeDatabase {
  host.files.set('/w/Makefile', makefile);
  const result = evaluate({ host, cwd: '/w' });
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
}

const database = read(
  'A = 1\nB = $(A)$(A)\nf = <$(1)|$(2)>\nrev = $(if $1,$(call rev,$(wordlist 2,99,$1)) $(firstword $1))\n',
);

describe('expansion', () => {
  it.each([
    ['$(B) ${B} $A', '11 11 1'],
    ['$$ $$$$ $', '$ $$ $'],
    ['$(call f,x,y) $(call f) $(call f, a )', '<x|y> <|> < a |>'],
    ['$(strip $(call rev,a b c d))', 'd c b a'],
    ['$(foreach v,1 2,$(foreach w,a b,$v$w))', '1a 1b 2a 2b'],
    ['$(A:1=2) $(B:%1=%x)', '2 1x'],
    ['${subst (,[,a(b} $(subst {,[,a{b)', 'a[b a[b'],
    ['$(or ,$(A),b) [$(and $(A),)] $(if $(A),y,n)', '1 [] y'],
    ['$(origin A) $(flavor A) $(value B)', 'file recursive $(A)$(A)'],
    ['$(call subst,a,b,aa) $(call if,x,y,z)', 'bb y'],
  ])('of %j gives %j', (text, expected) => {
    expect(database.expand(text)).toBe(expected);
  });

  it('gives the same for a piece of a long text as for the piece alone', () => {
    const filler = '$(A)'.repeat(400);
    const outcome = (text: string): string => {
      try {
        return database.expand(text).replace(/^1{400}/, '');
      } catch (error) {
        return `stops: ${(error as Error).message}`;
      }
    };
    const atom = fc.constantFrom(
      ...[
        '$(',
        '${',
        ')',
        '}',
        '$',
        '$$',
        'A',
        'B',
        'f',
        'call ',
        'if ',
        'subst ',
        ',',
        ' ',
        'a',
        '(',
        '{',
        ':',
        '=',
        '%',
      ],
    );
    fc.assert(
      fc.property(fc.array(atom, { minLength: 1, maxLength: 14 }), (parts) => {
        const text = parts.join('');
        expect(outcome(filler + text)).toBe(outcome(text).replace(/^1{400}/, ''));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives the same for a macro of its arguments alone, whether it is remembered or not', () => {
    const host = new MemoryHost();
    const db = read('uc = $(subst a,A,$(subst b,B,$(1)))\nx = $(call uc,$(1))!\n', host);
    fc.assert(
      fc.property(fc.stringMatching(/^[abc /.-]{0,12}$/), (text) => {
        const expected = text.replaceAll('b', 'B').replaceAll('a', 'A');
        expect(db.expand(`$(call uc,${text})`)).toBe(expected);
        expect(db.expand(`$(call uc,${text})$(call uc,${text})`)).toBe(expected + expected);
      }),
    );
  });

  it('forgets what it remembered when a macro is defined anew', () => {
    const db = read('m = $(1)1\n');
    expect(db.expand('$(call m,x)')).toBe('x1');
    expect(db.expand('$(eval m = $$(1)2)$(call m,x)')).toBe('x2');
  });

  it('hides the arguments of an outer call from an inner one', () => {
    const db = read('outer = $(call inner,1)\ninner = [$(1)$(2)]\n');
    expect(db.expand('$(call outer,a,b)')).toBe('[1]');
  });

  it('keeps variables of foreach and call to themselves', () => {
    expect(database.expand('$(foreach A,x,$(A))$(A)')).toBe('x1');
    expect(database.expand('$(foreach q,x,)$(origin q)')).toBe('undefined');
  });

  it('is that of the text, if the text has no dollar sign', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('$')),
        (text) => {
          expect(database.expand(text)).toBe(text);
        },
      ),
    );
  });

  it('quotes any text by doubling dollar signs', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(database.expand(text.replaceAll('$', '$$$$'))).toBe(text);
      }),
    );
  });

  it('says where it stopped, and goes on working', () => {
    const db = read('A = $(B)\nB = $(A)\n\nC = $(word 0,a)\n');
    expect(() => db.expand('$(A)')).toThrow(MakeFailureError);
    expect(() => db.expand('$(A)')).toThrow(
      /^Makefile:[12]: \*\*\* Recursive variable '[AB]' references itself \(eventually\)\. {2}Stop\.$/,
    );
    expect(() => db.expand('$(C)')).toThrow('Makefile:4: *** first argument to');
    expect(db.expand('$(words a b)')).toBe('2');
  });

  it('survives a macro that calls itself forever', () => {
    const db = read('f = x$(call f,$(1)$(1))\ng = $(call g)\n');
    expect(() => db.expand('$(call g)')).toThrow(MakeFailureError);
    expect(db.expand('$(words a b)')).toBe('2');
  });
});
