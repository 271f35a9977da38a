/** What the program is asked to do; the names are the long options of the tree's own `conf`. */
export type Mode =
  | 'oldaskconfig'
  | 'oldconfig'
  | 'syncconfig'
  | 'defconfig'
  | 'savedefconfig'
  | 'allnoconfig'
  | 'allyesconfig'
  | 'allmodconfig'
  | 'alldefconfig'
  | 'randconfig'
  | 'listnewconfig'
  | 'olddefconfig'
  // Not an option of Linux v5.2's program: only unigraph's own command asks for it.
  | 'helpnewconfig';

/** In the order of the program's option table, which is the order of its 'possibilities'. */
const longOptions: readonly { name: Mode; argument: 'none' | 'optional' | 'required' }[] = [
  { name: 'oldaskconfig', argument: 'none' },
  { name: 'oldconfig', argument: 'none' },
  { name: 'syncconfig', argument: 'none' },
  { name: 'defconfig', argument: 'optional' },
  { name: 'savedefconfig', argument: 'required' },
  { name: 'allnoconfig', argument: 'none' },
  { name: 'allyesconfig', argument: 'none' },
  { name: 'allmodconfig', argument: 'none' },
  { name: 'alldefconfig', argument: 'none' },
  { name: 'randconfig', argument: 'none' },
  { name: 'listnewconfig', argument: 'none' },
  { name: 'olddefconfig', argument: 'none' },
];

/** One step of reading the argument list, in the order in which the program acts on them. */
export type OptionEvent =
  | { readonly kind: 'silent' }
  | { readonly kind: 'mode'; readonly mode: Mode; readonly argument: string | undefined }
  /** `message` is what getopt_long(3) prints, without the program's name. */
  | { readonly kind: 'wrong'; readonly message: string }
  /** Ends the list; `file` is the first argument that is no option. */
  | { readonly kind: 'end'; readonly file: string | undefined };

/**
 * Reads an argument list as getopt_long(3) does with the program's table: unambiguous prefixes stand for a
 * long option, arguments may come before options, `--` ends the options.
 * @param argv without the program's name
 * @param posixly when POSIXLY_CORRECT is set, the first argument that is no option ends the options
 */
export function* readOptions(argv: readonly string[], posixly = false): Generator<OptionEvent, void> {
  const operands: string[] = [];
  let index = 0;
  while (index < argv.length) {
    const word = argv[index++]!;
    if (word === '--') {
      operands.push(...argv.slice(index));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
      const value = equals === -1 ? undefined : word.slice(equals + 1);
      const exact = longOptions.find((option) => option.name === name);
      const possible = exact ? [exact] : longOptions.filter((option) => option.name.startsWith(name));
      const option = possible[0];
      if (option === undefined) {
        yield { kind: 'wrong', message: `unrecognized option '${word}'` };
      } else if (possible.length > 1) {
        const names = possible.map((candidate) => ` '--${candidate.name}'`).join('');
        yield { kind: 'wrong', message: `option '${word}' is ambiguous; possibilities:${names}` };
      } else if (option.argument === 'none' && value !== undefined) {
        yield { kind: 'wrong', message: `option '--${option.name}' doesn't allow an argument` };
      } else if (option.argument === 'required' && value === undefined && index === argv.length) {
        yield { kind: 'wrong', message: `option '--${option.name}' requires an argument` };
      } else {
        const argument = option.argument === 'required' && value === undefined ? argv[index++] : value;
        yield { kind: 'mode', mode: option.name, argument };
      }
    } else if (word.startsWith('-') && word.length > 1) {
      for (const letter of word.slice(1)) {
        if (letter === 's') yield { kind: 'silent' };
        else yield { kind: 'wrong', message: `invalid option -- '${letter}'` };
      }
    } else {
      operands.push(word);
      if (posixly) {
        operands.push(...argv.slice(index));
        break;
      }
    }
  }
  yield { kind: 'end', file: operands[0] };
}

/** The usage text of the program, as it prints it to standard output. */
export function usage(program: string): string {
  const modes = [
    ['listnewconfig', 'List new options'],
    ['oldaskconfig', 'Start a new configuration using a line-oriented program'],
    ['oldconfig', 'Update a configuration using a provided .config as base'],
    [
      'syncconfig',
      'Similar to oldconfig but generates configuration in\n                          include/{generated/,config/}',
    ],
    ['olddefconfig', 'Same as oldconfig but sets new symbols to their default value'],
    ['defconfig <file>', 'New config with default defined in <file>'],
    ['savedefconfig <file>', 'Save the minimal current configuration to <file>'],
    ['allnoconfig', 'New config where all options are answered with no'],
    ['allyesconfig', 'New config where all options are answered with yes'],
    ['allmodconfig', 'New config where all options are answered with mod'],
    ['alldefconfig', 'New config with all symbols set to default'],
    ['randconfig', 'New config with random answer to all options'],
  ] as const;
  const lines = modes.map(([name, text]) => `  --${name.padEnd(22)}${text}\n`);
  return `Usage: ${program} [-s] [option] <kconfig-file>\n[option] is _one_ of the following:\n${lines.join('')}`;
}
