import type { MakeFlags } from './flags.ts';

type FlagName = {
  [Key in keyof MakeFlags]: MakeFlags[Key] extends boolean ? Key : never;
}[keyof MakeFlags];
type ListName = {
  [Key in keyof MakeFlags]: MakeFlags[Key] extends string[] ? Key : never;
}[keyof MakeFlags];
type TextName = 'outputSync' | 'jobserverAuth' | 'syncMutex';

interface SwitchBase {
  /** The letter; '' for options that have only a long name. */
  readonly letter: string;
  readonly long: string;
  /** Obeyed when it stands in MAKEFLAGS. */
  readonly fromEnvironment: boolean;
  /** Goes into MAKEFLAGS. */
  readonly toEnvironment: boolean;
  /** Left out of MAKEFLAGS while makefiles are being remade. */
  readonly notForMakefiles?: boolean;
}

/** One option of the table. */
export type Switch = SwitchBase &
  (
    | { readonly kind: 'ignored' }
    | { readonly kind: 'flag' | 'flagOff'; readonly field: FlagName }
    | { readonly kind: 'list'; readonly field: ListName; readonly isFile: boolean; readonly without?: string }
    | { readonly kind: 'text'; readonly field: TextName; readonly without?: string }
    | { readonly kind: 'jobs' }
    | { readonly kind: 'load' }
  );

const flag = (letter: string, long: string, field: FlagName, more: Partial<SwitchBase> = {}): Switch => ({
  letter,
  long,
  kind: 'flag',
  field,
  fromEnvironment: true,
  toEnvironment: true,
  ...more,
});

/** All options, in the order in which they stand in MAKEFLAGS. */
export const switches: readonly Switch[] = [
  { letter: 'b', long: '', kind: 'ignored', fromEnvironment: false, toEnvironment: false },
  flag('B', 'always-make', 'alwaysMake'),
  flag('d', '', 'debugAll'),
  flag('e', 'environment-overrides', 'environmentOverrides'),
  {
    letter: 'E',
    long: 'eval',
    kind: 'list',
    field: 'evals',
    isFile: false,
    fromEnvironment: true,
    toEnvironment: false,
  },
  flag('h', 'help', 'help', { fromEnvironment: false, toEnvironment: false }),
  flag('i', 'ignore-errors', 'ignoreErrors'),
  flag('k', 'keep-going', 'keepGoing'),
  flag('L', 'check-symlink-times', 'checkSymlinkTimes'),
  { letter: 'm', long: '', kind: 'ignored', fromEnvironment: false, toEnvironment: false },
  flag('n', 'just-print', 'justPrint', { notForMakefiles: true }),
  flag('p', 'print-data-base', 'printDataBase'),
  flag('q', 'question', 'question', { notForMakefiles: true }),
  flag('r', 'no-builtin-rules', 'noBuiltinRules'),
  flag('R', 'no-builtin-variables', 'noBuiltinVariables'),
  flag('s', 'silent', 'silent'),
  {
    letter: 'S',
    long: 'no-keep-going',
    kind: 'flagOff',
    field: 'keepGoing',
    fromEnvironment: true,
    toEnvironment: true,
  },
  flag('t', 'touch', 'touch', { notForMakefiles: true }),
  flag('v', 'version', 'version'),
  flag('w', 'print-directory', 'printDirectory'),
  {
    letter: 'C',
    long: 'directory',
    kind: 'list',
    field: 'directories',
    isFile: true,
    fromEnvironment: false,
    toEnvironment: false,
  },
  {
    letter: 'f',
    long: 'file',
    kind: 'list',
    field: 'makefiles',
    isFile: true,
    fromEnvironment: false,
    toEnvironment: false,
  },
  {
    letter: 'I',
    long: 'include-dir',
    kind: 'list',
    field: 'includeDirectories',
    isFile: true,
    fromEnvironment: true,
    toEnvironment: true,
  },
  { letter: 'j', long: 'jobs', kind: 'jobs', fromEnvironment: true, toEnvironment: true },
  { letter: 'l', long: 'load-average', kind: 'load', fromEnvironment: true, toEnvironment: true },
  {
    letter: 'o',
    long: 'old-file',
    kind: 'list',
    field: 'oldFiles',
    isFile: true,
    fromEnvironment: false,
    toEnvironment: false,
  },
  {
    letter: 'O',
    long: 'output-sync',
    kind: 'text',
    field: 'outputSync',
    without: 'target',
    fromEnvironment: true,
    toEnvironment: true,
  },
  {
    letter: 'W',
    long: 'what-if',
    kind: 'list',
    field: 'newFiles',
    isFile: true,
    fromEnvironment: false,
    toEnvironment: false,
  },
  {
    letter: '',
    long: 'debug',
    kind: 'list',
    field: 'debug',
    isFile: false,
    without: 'basic',
    fromEnvironment: true,
    toEnvironment: true,
  },
  {
    letter: '',
    long: 'jobserver-auth',
    kind: 'text',
    field: 'jobserverAuth',
    fromEnvironment: true,
    toEnvironment: true,
  },
  flag('', 'trace', 'trace'),
  flag('', 'no-print-directory', 'noPrintDirectory'),
  flag('', 'warn-undefined-variables', 'warnUndefinedVariables'),
  {
    letter: '',
    long: 'sync-mutex',
    kind: 'text',
    field: 'syncMutex',
    fromEnvironment: true,
    toEnvironment: true,
  },
  {
    letter: '',
    long: 'no-silent',
    kind: 'flagOff',
    field: 'silent',
    fromEnvironment: true,
    toEnvironment: true,
  },
  {
    letter: '',
    long: 'jobserver-fds',
    kind: 'text',
    field: 'jobserverAuth',
    fromEnvironment: true,
    toEnvironment: false,
  },
];
