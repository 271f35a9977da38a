/**
 * Makefiles of the corpus with small random damage: what a person mistypes. Both makes must say the same about it,
 * and neither may crash. They run with -n, and only makefiles that start no commands while being read are taken.
 */
import fc from 'fast-check';
import type { CorpusCase } from './corpus-case.ts';

/** Makefiles that would do something even under -n, or that wait, or that one slip turns to archive members: `$$(`. */
const ACTIVE = /\$\$\(|shell|!=|MAKE|\+|kill|rm |while|sleep|file|RECIPEPREFIX|include/;

const INSERTS = [
  '\t',
  ' ',
  '\n',
  '\\\n',
  '$',
  '(',
  ')',
  '{',
  '}',
  ':',
  '=',
  ';',
  '#',
  '%',
  ',',
  '\\',
  '|',
  '@',
  '-',
  '&',
  '"',
  "'",
  'ifdef x\n',
  'else\n',
  'endif\n',
  'define y\n',
  'endef\n',
  'override ',
  'export ',
  '$(x)',
  '::',
  ':=',
  '&:',
  '.PHONY',
  '~',
  '*',
];

type Edit = (text: string) => string;

/** A place in the text, as a share of its length, so that it stays valid while shrinking. */
const place = fc.integer({ min: 0, max: 9999 });

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...INSERTS)).map(([at, insert]): Edit => (text) => {
    const index = Math.floor((at * (text.length + 1)) / 10_000);
    return text.slice(0, index) + insert + text.slice(index);
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 3 })).map(([at, count]): Edit => (text) => {
    const index = Math.floor((at * text.length) / 10_000);
    return text.slice(0, index) + text.slice(index + count);
  }),
  fc.tuple(place, place).map(([from, to]): Edit => (text) => {
    const lines = text.split('\n');
    const line = lines[Math.floor((from * lines.length) / 10_000)] ?? '';
    lines.splice(Math.floor((to * lines.length) / 10_000), 0, line);
    return lines.join('\n');
  }),
  place.map((at): Edit => (text) => {
    const lines = text.split('\n');
    lines.splice(Math.floor((at * lines.length) / 10_000), 1);
    return lines.join('\n');
  }),
);

/** Cases of the corpus with one to three edits of their first makefile. */
export function mutatedCase(cases: readonly CorpusCase[]): fc.Arbitrary<CorpusCase> {
  const tame = cases.filter(
    ({ steps, interrupt, only }) =>
      !interrupt &&
      !only &&
      steps.every((step) => step.kind !== 'file' || !ACTIVE.test(step.text)) &&
      steps.every((step) => step.kind !== 'run' || !step.argv.some((word) => ACTIVE.test(word))) &&
      steps.some(({ kind }) => kind === 'file'),
  );
  return fc
    .tuple(fc.constantFrom(...tame), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([corpusCase, edits]) => {
      let edited = false;
      return {
        ...corpusCase,
        steps: corpusCase.steps.map((step) => {
          if (step.kind === 'run') return { ...step, argv: ['-n', ...step.argv], expected: [] };
          if (step.kind !== 'file' || edited) return step;
          edited = true;
          return { ...step, text: edits.reduce((text, change) => change(text), step.text) };
        }),
      };
    });
}
