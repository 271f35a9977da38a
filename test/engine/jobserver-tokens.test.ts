import { expect, test } from 'vitest';
import { parseJobs, parseJobserverAuth, withJobserver } from '../../engine/jobserver-tokens.ts';

test.each([
  ['', undefined],
  ['ks', undefined],
  [' -j4 --jobserver-auth=3,4', { kind: 'pipe', read: 3, write: 4 }],
  ['w -j4 --jobserver-fds=5,6', { kind: 'pipe', read: 5, write: 6 }],
  [' -j --jobserver-auth=3,4 --jobserver-auth=7,8', { kind: 'pipe', read: 7, write: 8 }],
  [' -j4 --jobserver-auth=fifo:/tmp/GMfifo1', { kind: 'fifo', path: '/tmp/GMfifo1' }],
  [' -j4 --jobserver-auth=-2,-2', undefined],
  [' -j4 --jobserver-auth=3', undefined],
  [' -j2 -- X=--jobserver-auth=3,4', undefined],
  [' -j2 -- X=a\\ --jobserver-auth=3,4', undefined],
])('the jobserver of %j', (makeflags, auth) => {
  expect(parseJobserverAuth(makeflags)).toEqual(auth);
});

test.each([
  ['', undefined],
  ['k -j12 --jobserver-auth=3,4', 12],
  [' --jobs=3', 3],
  [' -j', undefined],
  [' -- -j3', undefined],
])('the jobs of %j', (makeflags, jobs) => {
  expect(parseJobs(makeflags)).toBe(jobs);
});

test.each([
  ['', ' -j2 --jobserver-auth=3,4'],
  ['ks', 'ks -j2 --jobserver-auth=3,4'],
  ['w -j9 --jobserver-auth=7,8 --no-print-directory', 'w --no-print-directory -j2 --jobserver-auth=3,4'],
  [' -j --jobserver-fds=7,8', ' -j2 --jobserver-auth=3,4'],
  [' -- A=1 B=-j7', ' -j2 --jobserver-auth=3,4 -- A=1 B=-j7'],
  ['k -- A=a\\ b', 'k -j2 --jobserver-auth=3,4 -- A=a\\ b'],
])('MAKEFLAGS %j for a child', (inherited, makeflags) => {
  expect(withJobserver(inherited, { kind: 'pipe', read: 3, write: 4 }, 2)).toBe(makeflags);
});
