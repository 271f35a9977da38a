import { execFileSync, spawnSync } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { splitMember } from '../../../engine/make/archive.ts';
import { environment, Folder, hasOracle, runOracle, runOwn, type Outcome } from './oracle.ts';

const hasAr = spawnSync('ar', ['--version']).status === 0;

const folders: Folder[] = [];
afterEach(() => {
  for (const each of folders.splice(0)) each.remove();
});

const LONG = 'a_name_longer_than_a_header_holds.o';

/** A folder with an archive of three members that keeps their dates. */
function library(makefile: string, archiveTime: number): Folder {
  const place = new Folder({ Makefile: makefile, 'a.o': '1', 'b.o': '2', [LONG]: '3' });
  folders.push(place);
  execFileSync('ar', ['rcU', 'lib.a', 'a.o', 'b.o', LONG], { cwd: place.path, env: environment });
  utimesSync(join(place.path, 'lib.a'), archiveTime, archiveTime);
  return place;
}

it.each([
  ['lib.a(x.o)', { archive: 'lib.a', member: 'x.o' }],
  ['d/lib.a(x)', { archive: 'd/lib.a', member: 'x' }],
  ['lib.a()', undefined],
  ['(x)', undefined],
  ['lib.a(x', undefined],
  ['x', undefined],
])('takes %s apart', (name, parts) => {
  expect(splitMember(name)).toEqual(parts);
});

describe.skipIf(!hasAr || !hasOracle)('archive members', () => {
  const update = '\t@echo $@ $% $< $? $^ $(@F) $(%D)\n';
  it.each<[string, string, readonly string[]]>([
    ['are up to date while their date is not passed', `lib.a(a.o): b.o\n${update}`, []],
    ['are missing', `lib.a(z.o): b.o\n${update}`, []],
    ['have long names', `lib.a(${LONG}): b.o\n${update}`, []],
    ['are many of one archive', `all: lib.a(a.o z.o y.o)\nlib.a(z.o) lib.a(y.o):\n${update}`, []],
    ['are made by the suffix rules', 'all: lib.a(a.o)\nAR = echo ar\n', ['-n', '-W', 'a.o']],
    ['are matched by a pattern with the archive in it', `all: lib.a(z.o)\nlib.a(%.o):\n${update}`, []],
    ['are matched by a pattern of members', `all: lib.a(z.o)\n(%): %\n${update}z.o:;touch $@\n`, []],
    ['are found by wildcards', '$(info $(wildcard lib.a(*.o)))\nall: lib.a([ab].o)\n', ['-r']],
    ['are touched', `lib.a(a.o): b.o\n${update}`, ['-t', '-W', 'b.o']],
    ['cannot be touched when missing', `lib.a(z.o): b.o\n${update}`, ['-t', '-W', 'b.o']],
    ['of an archive in an archive are refused', 'all: lib.a((entry))\n', []],
  ])('%s', async (_name, makefile, argv) => {
    const outcomes: (Outcome | undefined)[] = [];
    for (const run of [runOracle, runOwn]) outcomes.push(await run(library(makefile, 1.5e9), argv));
    expect(outcomes[1]).toEqual(outcomes[0]);
  });
});
