import path from 'node:path';
import { unreachable } from '../engine/result.ts';
import type {
  CommandDifference,
  FolderDifferences,
  SizeDifference,
} from '../rules/understand/between-folders.ts';
import type { OptionDifference } from '../rules/understand/option-differences.ts';
import type { Change, SinceBuild } from '../rules/understand/since-build.ts';

/** Lines of a list that are shown without --all. */
const SHOWN = 12;

const count = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? '' : 's'}`;
const value = (text: string | undefined): string => text ?? 'not set';

/** What changed since the last build, for people. */
export function sinceText(since: SinceBuild, all: boolean, cwd: string, build: string): string {
  const name = (file: string): string => {
    if (file.startsWith(`${build}/`)) return path.relative(build, file);
    return file.startsWith(`${cwd}/`) ? path.relative(cwd, file) : file;
  };
  const lines: string[] = [];
  const section = (title: string, entries: readonly string[]): void => {
    if (entries.length > 0) lines.push(`${title}:`, ...limited(entries, all));
  };
  section('Options', since.options.map(optionLine));
  section(
    'Makefiles',
    since.makefiles.map((what) => `${name(what)} changed`),
  );
  const of = (...kinds: readonly Change['kind'][]): string[] =>
    since.changes.filter((change) => kinds.includes(change.kind)).map((change) => changeLine(change, name));
  section('Sources', of('source'));
  section('Patches', of('patch'));
  section('Options in use', of('option'));
  section('Commands', of('command', 'environment', 'forced'));
  section('New', of('new-action'));
  section(
    'No longer made',
    since.removedActions.map((id) => name(id)),
  );
  section('What was built', of('output'));
  if (lines.length === 0) return 'Nothing changed since the last build.\n';
  const more = since.perhaps === 0 ? '' : `, perhaps ${since.perhaps} more after them`;
  lines.push(`${count(since.certain, 'action')} would run${more}.`);
  return `${lines.join('\n')}\n`;
}

function optionLine({ name, from, to }: OptionDifference): string {
  return `${name}: ${value(from)} -> ${value(to)}`;
}

function changeLine(change: Change, name: (file: string) => string): string {
  const after = change.following === 0 ? '' : ` and ${change.following} after`;
  const runs = `${count(change.actions, 'action')}${after}`;
  switch (change.kind) {
    case 'new-action':
      return name(change.what);
    case 'command':
      return `the command for ${name(change.what)}: ${runs}`;
    case 'environment':
    case 'option':
      return `${change.what}: ${value(change.from)} -> ${value(change.to)}: ${runs}`;
    case 'source':
    case 'patch':
    case 'output':
    case 'forced':
      return `${name(change.what)} ${change.how}: ${runs}`;
    default:
      return unreachable(change.kind);
  }
}

/** How two build folders differ, for people. */
export function folderText(found: FolderDifferences, all: boolean): string {
  const lines: string[] = [];
  const section = (title: string, entries: readonly string[]): void => {
    if (entries.length > 0) lines.push(`${title}:`, ...limited(entries, all));
  };
  section('Options', found.options.map(optionLine));
  section('Sources in other versions', found.sources);
  section(
    'Commands',
    found.commands.flatMap((each) => commandLines(each, all)),
  );
  section(
    'Files',
    found.files.flatMap(({ library, differing, only }) => {
      const parts = [
        ...(differing.length > 0 ? [`${differing.length} differ`] : []),
        ...(only.first.length > 0 ? [`${only.first.length} only in the first`] : []),
        ...(only.second.length > 0 ? [`${only.second.length} only in the second`] : []),
      ];
      const title = `${library === '' ? 'image and shared' : library}: ${parts.join(', ')}`;
      if (!all) return [title];
      const names = [
        ...differing.map((file) => `  ${file}`),
        ...only.first.map((file) => `  - ${file}`),
        ...only.second.map((file) => `  + ${file}`),
      ];
      return [title, ...names];
    }),
  );
  section(
    'Sizes and symbols',
    found.sizes.flatMap((each) => sizeLines(each, all)),
  );
  return lines.length === 0 ? 'The folders hold the same.\n' : `${lines.join('\n')}\n`;
}

function commandLines(
  { library, differing, common, only, words }: CommandDifference,
  all: boolean,
): string[] {
  const title = library === '' ? 'image and shared' : library;
  const list = (side: readonly (readonly [string, number])[]): string =>
    (all ? side : side.slice(0, SHOWN))
      .map(([word, times]) => (times === differing ? word : `${word} (${times})`))
      .join(' ') + (all || side.length <= SHOWN ? '' : ` … ${side.length - SHOWN} more`);
  const lines = differing === 0 ? [] : [`${title}: ${differing} of ${common} differ`];
  if (words.first.length > 0) lines.push(`  - ${list(words.first)}`);
  if (words.second.length > 0) lines.push(`  + ${list(words.second)}`);
  if (differing > 0 && words.first.length + words.second.length === 0)
    lines.push('  in the order of their words');
  for (const [side, where] of [
    ['first', 'first'],
    ['second', 'second'],
  ] as const) {
    if (only[side].length === 0) continue;
    lines.push(`${title}: only in the ${where}: ${some(only[side], all)}`);
  }
  return lines;
}

function sizeLines({ file, code, data, zero, symbols }: SizeDifference, all: boolean): string[] {
  const part = (title: string, [from, to]: readonly [number, number]): string[] =>
    from === to ? [] : [`${title} ${from} -> ${to} (${signed(to - from)})`];
  const parts = [...part('code', code), ...part('data', data), ...part('zero', zero)];
  const lines = [`${file}: ${parts.length > 0 ? parts.join(', ') : 'of the same size'}`];
  if (symbols.removed.length > 0) lines.push(`  - ${some(symbols.removed, all)}`);
  if (symbols.added.length > 0) lines.push(`  + ${some(symbols.added, all)}`);
  if (symbols.resized.length > 0)
    lines.push(
      `  size: ${some(
        symbols.resized.map(([name, from, to]) => `${name} ${signed(to - from)}`),
        all,
        ', ',
      )}`,
    );
  return lines;
}

const signed = (number: number): string => (number > 0 ? `+${number}` : String(number));

function some(names: readonly string[], all: boolean, between = ' '): string {
  const shown = all ? names : names.slice(0, SHOWN);
  return shown.join(between) + (shown.length < names.length ? ` … ${names.length - shown.length} more` : '');
}

function limited(entries: readonly string[], all: boolean): string[] {
  const most = all ? entries.length : Math.max(SHOWN, 40);
  const lines = entries.slice(0, most).map((entry) => `  ${entry}`);
  if (entries.length > most) lines.push(`  … ${entries.length - most} more (--all)`);
  return lines;
}
