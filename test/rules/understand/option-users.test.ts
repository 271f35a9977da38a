import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EVERY_SYMBOL } from '../../../engine/digest/source-scan.ts';
import { Journal } from '../../../engine/journal/journal.ts';
import { OptionUsers } from '../../../rules/understand/option-users.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'option-users-'));
  file = path.join(folder, 'journal');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Writes manifests of actions that mention these options, each a `NAME=value` or a `NAME`. */
function mention(actions: Readonly<Record<string, readonly string[]>>): void {
  const journal = Journal.open(file);
  const none = new Uint32Array();
  for (const [id, pairs] of Object.entries(actions)) {
    journal.recordManifest(id, {
      commandDigest: { high: 0, low: 1 },
      commandWords: none,
      environment: journal.strings.intern(''),
      inputs: none,
      declared: 0,
      tested: 0,
      lookups: none,
      symbols: Uint32Array.from(pairs, (pair) => journal.strings.intern(pair)),
      outputs: none,
      durationMs: 1,
      finishedMs: 1,
    });
  }
  journal.close();
}

test('an action counts once, whatever values the options had and however many it mentions', () => {
  mention({ a: ['CONFIG_NET=1', 'CONFIG_PORT=80'], b: ['CONFIG_NET'], c: ['CONFIG_NAME="a=b"'], d: [] });
  const users = new OptionUsers(file, 'CONFIG_');
  expect(users.count(['NET', 'PORT'])).toBe(2);
  expect(users.count(['PORT'])).toBe(1);
  expect(users.count(['NAME'])).toBe(1);
  expect(users.count(['OTHER'])).toBe(0);
  expect(users.count([])).toBe(0);
});

test('an action whose source puts names together mentions every option', () => {
  mention({ a: [`${EVERY_SYMBOL}=0123`], b: ['CONFIG_NET=1'] });
  expect(new OptionUsers(file, 'CONFIG_').count(['OTHER'])).toBe(1);
  expect(new OptionUsers(file, 'CONFIG_').count(['NET'])).toBe(2);
});

test('nothing is known where nothing was built', () => {
  expect(new OptionUsers(file, 'CONFIG_').count(['NET'])).toBeUndefined();
});
