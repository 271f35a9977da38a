import { skipSpaces } from '../words.ts';
import type { Expander } from '../expander.ts';
import { eager, type EagerFunction } from './function.ts';

/** `$(file op name[,text])` (manual, "File Function"). */
export const fileFunction: EagerFunction = eager('file', 1, 2, false, (args, expander) => {
  const request = args[0]!;
  const text = args[1];
  if (request.startsWith('>')) return write(request, text, expander);
  if (request.startsWith('<')) return read(request, text, expander);
  return expander.fail(`file: invalid file operation: ${request}`);
});

function write(request: string, text: string | undefined, expander: Expander): string {
  const append = request.startsWith('>>');
  const name = request.slice(skipSpaces(request, append ? 2 : 1));
  if (name === '') expander.fail('file: missing filename');
  const content = text === undefined ? '' : text.endsWith('\n') ? text : `${text}\n`;
  const problem = expander.services.writeFile(name, content, append);
  if (problem !== undefined) expander.stop(`open: ${name}: ${problem}`, expander.reading);
  return '';
}

function read(request: string, text: string | undefined, expander: Expander): string {
  const name = request.slice(skipSpaces(request, 1));
  if (name === '') expander.fail('file: missing filename');
  if (text !== undefined) expander.fail('file: too many arguments');
  const { content, problem } = expander.services.readFile(name);
  if (problem !== undefined) expander.stop(problem, expander.reading);
  return content.replace(/\r?\n$/, '');
}
