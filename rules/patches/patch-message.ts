/** Who made a patch, when, and why. */
export interface PatchMessage {
  readonly author: { readonly name: string; readonly email: string };
  readonly date: Date;
  readonly subject: string;
  /** Further paragraphs. */
  readonly body: readonly string[];
}

/** `0002-add-a-fortune.patch`: the first number after all others, and the name. */
export function patchName(existing: readonly string[], name: string): string {
  const numbers = existing.map((each) => Number(/^(\d{1,6})(?=\D)/.exec(each)?.[1] ?? 0));
  return `${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}-${name}.patch`;
}

/** A text as a part of a file name that shells and makefiles take as it is; empty if nothing is left. */
export function slug(text: string): string {
  return text
    .replace(/^\d{4}-(?=.)|\.patch$/g, '')
    .replace(/[^A-Za-z0-9_.+]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 52)
    .replace(/[-.]+$/, '');
}

/**
 * A patch file as `git format-patch` writes it, so that `git am` takes it too.
 * @param differences in byte form (latin1); the result is of the same form
 */
export function patchText(message: PatchMessage, differences: string): string {
  const { author, date, subject, body } = message;
  const words = [
    `From: ${author.name} <${author.email}>`,
    `Date: ${mailDate(date)}`,
    `Subject: [PATCH] ${subject}`,
  ];
  const isAscii = !/[^\u0000-\u007f]/.test([...words, ...body].join(''));
  const head = [
    'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001',
    ...words,
    ...(isAscii
      ? []
      : ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit']),
    '',
    ...body.flatMap((paragraph) => [paragraph, '']),
    '---',
    ...statistics(differences),
    '',
    '',
  ].join('\n');
  return `${Buffer.from(head, 'utf8').toString('latin1')}${differences}-- \nunigraph\n\n`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** RFC 5322, in UTC: `Tue, 24 Nov 2026 13:10:11 +0000`. */
function mailDate(date: Date): string {
  const [day, number, month, year] = date.toUTCString().split(/,? /);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day}, ${Number(number)} ${month} ${year} ${time} +0000`;
}

/** How many lines each file gains and loses. */
export interface FileStatistics {
  readonly name: string;
  readonly added: number;
  readonly removed: number;
}

export function fileStatistics(differences: string): FileStatistics[] {
  return differences.split(/^(?=diff --git )/m).flatMap((part) => {
    const name = /^diff --git "?a\/(.*?)"? "?b\/\1"?$/m.exec(part)?.[1];
    if (name === undefined) return [];
    // Counted by the hunks' own heads, since a removed line may itself begin with `--`.
    const lines = part.slice(Math.max(0, part.search(/^@@ /m))).split('\n');
    const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
    return part.includes('\n@@ ')
      ? [{ name, added: count('+'), removed: count('-') }]
      : [{ name, added: 0, removed: 0 }];
  });
}

/** The lines of `git diff --stat`. */
function statistics(differences: string): string[] {
  const files = fileStatistics(differences);
  const width = Math.max(...files.map(({ name }) => name.length));
  const digits = Math.max(...files.map(({ added, removed }) => String(added + removed).length));
  const most = Math.max(1, ...files.map(({ added, removed }) => added + removed));
  const bar = (count: number): number =>
    most <= 40 ? count : count === 0 ? 0 : Math.max(1, Math.round((count * 40) / most));
  const sum = (of: (file: FileStatistics) => number): number =>
    files.reduce((total, file) => total + of(file), 0);
  const part = (count: number, word: string, sign: string): string =>
    count === 0 ? '' : `, ${count} ${word}${count === 1 ? '' : 's'}(${sign})`;
  return [
    ...files.map(
      ({ name, added, removed }) =>
        ` ${name.padEnd(width)} | ${String(added + removed).padStart(digits)} ${'+'.repeat(bar(added))}${'-'.repeat(bar(removed))}`,
    ),
    ` ${files.length} file${files.length === 1 ? '' : 's'} changed` +
      part(
        sum(({ added }) => added),
        'insertion',
        '+',
      ) +
      part(
        sum(({ removed }) => removed),
        'deletion',
        '-',
      ),
  ];
}
