/**
 * Two makefiles of the corpus in one: the lines of the second go between those of the first, with the files of both
 * laid out, and make is run as the first or the second case says. What one case sets up, the other one meets.
 */
import fc from 'fast-check';
import type { CorpusCase, Step } from './corpus-case.ts';

/** Commands whose output comes when it pleases, that end make, wait, or tell the time or a process's number. */
const CHANCY = /kill|sleep|while|wait|MAKE|\$\$\$\$|date|&|-j|ulimit|--debug|-d\b|\bps\b|(?<!\|)\|(?!\|)/;

type FileStep = Extract<Step, { kind: 'file' }>;

/** The makefile that the cross is about: the first file, if it is one. */
function makefileOf({ steps }: CorpusCase): FileStep | undefined {
  return steps.find(
    (step): step is FileStep => step.kind === 'file' && /^(GNUm|[mM])akefile$/.test(step.path),
  );
}

function isTame(corpusCase: CorpusCase): boolean {
  const { steps, interrupt, only, unordered } = corpusCase;
  if (interrupt || only || unordered || makefileOf(corpusCase) === undefined) return false;
  return steps.every(
    (step) =>
      (step.kind !== 'file' || !CHANCY.test(step.text)) &&
      (step.kind !== 'run' || !step.argv.some((word) => CHANCY.test(word) || /^-.*[pdfC]/.test(word))) &&
      step.kind !== 'touch-now',
  );
}

/** Statements, so that a rule keeps its recipe and a define its body, mostly. */
function blocks(text: string): string[] {
  return text.replace(/\n$/, '').split(/\n(?=[^\t\s#}])/);
}

/** Pairs of cases of the corpus as one. */
export function crossedCase(cases: readonly CorpusCase[]): fc.Arbitrary<CorpusCase> {
  const tame = cases.filter(isTame);
  const one = fc.constantFrom(...tame);
  return fc
    .tuple(one, one, fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 12 }), fc.boolean())
    .map(([first, second, places, own]) => {
      const makefile = makefileOf(first)!;
      const lines = blocks(makefile.text);
      blocks(makefileOf(second)!.text).forEach((block, index) => {
        const place = places[index % places.length]!;
        lines.splice(Math.floor((place * (lines.length + 1)) / 100), 0, block);
      });
      const files = ({ steps }: CorpusCase): Step[] => {
        const end = steps.findIndex((step) => step.kind === 'run');
        return steps.slice(0, end).filter((step) => step !== makefile && step !== makefileOf(second));
      };
      const runs = (own ? first : second).steps.filter((step) => step.kind === 'run').slice(0, 2);
      return {
        ...first,
        environment: { ...second.environment, ...first.environment },
        steps: [
          ...files(second),
          { ...makefile, path: 'Makefile', text: `${lines.join('\n')}\n` },
          ...files(first),
          ...runs.map((step) => ({ ...step, expected: [] })),
        ],
      };
    });
}
