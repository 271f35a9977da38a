import { splitWords } from '../words.ts';
import { eager, type EagerFunction } from './function.ts';

/** Functions for file names (manual, "File Name Functions"). */
export const nameFunctions: readonly EagerFunction[] = [
  eager('dir', 0, 1, true, ([text]) => eachWord(text!, directoryPart)),
  eager('notdir', 0, 1, true, ([text]) => eachWord(text!, (name) => name.slice(name.lastIndexOf('/') + 1))),
  eager('suffix', 0, 1, true, ([text]) => suffixes(text!)),
  eager('basename', 0, 1, true, ([text]) => eachWord(text!, baseName)),
  eager('addsuffix', 2, 2, true, ([suffix, text]) => eachWord(text!, (name) => name + suffix!)),
  eager('addprefix', 2, 2, true, ([prefix, text]) => eachWord(text!, (name) => prefix! + name)),
  eager('join', 2, 2, true, ([first, second]) => joinLists(first!, second!)),
  eager('abspath', 0, 1, false, ([text], expander) =>
    eachWord(text!, (name) => absolutePath(name, expander.services.cwd)),
  ),
  eager('realpath', 0, 1, false, ([text], expander) => {
    const found: string[] = [];
    for (const name of splitWords(text!)) {
      const path = expander.services.realpath(name);
      if (path !== undefined) found.push(path);
    }
    return found.join(' ');
  }),
  eager('wildcard', 0, 1, false, ([text], expander) => expander.services.wildcard(text!)),
];

function eachWord(text: string, change: (word: string) => string): string {
  const words = splitWords(text);
  if (words.length === 1) return change(words[0]!);
  let result = '';
  for (let index = 0; index < words.length; index++) {
    result += index === 0 ? change(words[index]!) : ` ${change(words[index]!)}`;
  }
  return result;
}

function directoryPart(name: string): string {
  const slash = name.lastIndexOf('/');
  return slash < 0 ? './' : name.slice(0, slash + 1);
}

function baseName(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > name.lastIndexOf('/') ? name.slice(0, dot) : name;
}

function suffixes(text: string): string {
  const found: string[] = [];
  for (const name of splitWords(text)) {
    const dot = name.lastIndexOf('.');
    if (dot > name.lastIndexOf('/')) found.push(name.slice(dot));
  }
  return found.join(' ');
}

function joinLists(first: string, second: string): string {
  const left = splitWords(first);
  const right = splitWords(second);
  const joined: string[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    joined.push((left[index] ?? '') + (right[index] ?? ''));
  }
  return joined.join(' ');
}

/** The path from the root, without `.`, `..` and repeated slashes; links are not followed. */
export function absolutePath(name: string, cwd: string): string {
  const full = name.startsWith('/') ? name : `${cwd}/${name}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}
