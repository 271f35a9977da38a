import path from 'node:path';
import { compilerKind, readCompilerOptions } from './compiler-options.ts';

/** The typed rules. `Group` only waits for others. */
export type RuleName =
  | 'Configure'
  | 'Fetch'
  | 'Verify'
  | 'Unpack'
  | 'Patch'
  | 'Generate'
  | 'Compile'
  | 'PartialLink'
  | 'Localize'
  | 'Link'
  | 'Strip'
  | 'BootInfo'
  | 'Multiboot'
  | 'Custom'
  | 'Group';

const GENERATORS = new Set([
  'awk',
  'gawk',
  'mawk',
  'm4',
  'sed',
  'cpp',
  'dtc',
  'python',
  'python3',
  'perl',
  'echo',
  'printf',
  'cat',
]);

/**
 * What kind of work a command is, by its program and options.
 * @param words the command's words when it needs no shell, otherwise those of its beginning
 * @param text the command
 */
export function ruleOf(words: readonly string[], text: string, cwd: string): RuleName {
  const program = words[0];
  if (program === undefined) return 'Custom';
  const name = path.basename(program);
  if (compilerKind(program) !== undefined) {
    const options = readCompilerOptions(words, cwd);
    if (options.mode !== 'link') return 'Compile';
    return options.relocatable ? 'PartialLink' : 'Link';
  }
  if (name === 'mkbootinfo.py' || text.includes('/mkbootinfo.py ')) return 'BootInfo';
  if (name === 'multiboot.py' || text.includes('/multiboot.py ') || /objcopy\b.*\belf32-i386\b/.test(text))
    return 'Multiboot';
  if (name.endsWith('strip') || name === 'sect-strip.py') return 'Strip';
  if (name.endsWith('objcopy')) return 'Localize';
  if (name === 'ld' || name.endsWith('-ld')) return words.includes('-r') ? 'PartialLink' : 'Link';
  if (GENERATORS.has(name) || />\s*\S+\s*$/.test(text)) return 'Generate';
  return 'Custom';
}
