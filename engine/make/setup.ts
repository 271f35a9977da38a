import { assign, parseAssignment } from './assignment.ts';
import { defaultSuffixes, defaultSuffixRules, defaultVariables } from './builtin.ts';
import { defaultShell } from './command-argv.ts';
import { stripDotSlash } from './file-names.ts';
import { readMakefile, type ReadFile } from './include.ts';
import { decodeOptions, environmentWords, flagString, quoteForEnvironment } from './options.ts';
import { enterPrerequisites } from './prerequisites.ts';
import { RecipeText } from './recipe.ts';
import type { Run } from './run.ts';
import { MakeStop } from './stop.ts';
import { describeError } from './system-errors.ts';
import { Dependency } from './target.ts';
import { Rank, type Variable } from './variables.ts';
import { splitWords } from './words.ts';

/** A wrong command line: the caller prints how to use the program. */
export class UsageError extends Error {
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('\n'));
    this.name = 'UsageError';
    this.messages = messages;
  }
}

const features =
  'target-specific order-only second-expansion else-if shortest-stem undefine oneshell nocomment grouped-target ' +
  'extra-prereqs archives jobserver output-sync check-symlink load';

/** Directories in which included makefiles are looked for last. */
const systemIncludeDirectories = ['/usr/gnu/include', '/usr/local/include', '/usr/include', '/usr/include'];

const machine = 'x86_64-pc-linux-gnu';

/**
 * Everything before the first makefile: variables of make itself, of the environment and of the command line, built-in
 * suffix rules. The order is GNU Make's, since each step may look at what the earlier ones defined.
 */
export function prepareRun(run: Run): void {
  const { variables, flags } = run;
  variables.define('.VARIABLES', '', Rank.default, false).special = true;
  variables.define('.RECIPEPREFIX', '', Rank.default, false).special = true;
  variables.define('.SHELLFLAGS', '-c', Rank.default, false);
  variables.define('.LOADED', '', Rank.default, false);
  variables.define('.FEATURES', features, Rank.default, false);
  importEnvironment(run);
  decodeFlagVariable(run, 'GNUMAKEFLAGS');
  variables.define('GNUMAKEFLAGS', '', Rank.environment, false);
  decodeFlagVariable(run, 'MAKEFLAGS');
  decodeCommandLine(run);
  applyFlags(run);
  run.findLevel();
  run.options.afterCommandLine?.(run);

  variables.define('MAKE_COMMAND', run.options.makeCommand, Rank.default, false);
  variables.define('MAKE', '$(MAKE_COMMAND)', Rank.default, true);
  defineOverrides(run);
  // Except under -s, sub-makes and calls with -C say where they work.
  if (!flags.silent && (flags.directories.length > 0 || run.level > 0)) flags.printDirectory = true;
  if (flags.noPrintDirectory) flags.printDirectory = false;
  findIncludeDirectories(run);
  variables.define('CURDIR', run.cwd, Rank.file, false);
  if (flags.noBuiltinVariables) flags.noBuiltinRules = true;

  run.suffixTarget = run.targets.enter('.SUFFIXES');
  run.suffixTarget.builtin = true;
  defineSuffixes(run);
  if (!flags.noBuiltinRules) {
    for (const [name, recipe] of defaultSuffixRules) {
      const target = run.targets.enter(name);
      target.recipe = new RecipeText(recipe, undefined, '\t');
      target.builtin = true;
    }
  }
  defineAutomatic(run);
  defineMakeFlags(run, false, false).exportState = 'export';
  if (!flags.noBuiltinVariables) {
    for (const [name, value] of defaultVariables) variables.define(name, value, Rank.default, true);
  }
  run.defaultTarget = run.targets.enter('.DEFAULT');
  variables.define('.DEFAULT_GOAL', '', Rank.file, false);
}

function importEnvironment(run: Run): void {
  const { environment } = run.options;
  for (const [name, value] of Object.entries(environment)) {
    const variable = run.variables.define(name, value, Rank.environment, true);
    variable.exportState = name === 'SHELL' || name === 'MAKE_RESTARTS' ? 'noexport' : 'export';
    if (name === 'SHELL') run.shellFromEnvironment = value;
  }
}

/** Options and assignments in MAKEFLAGS or GNUMAKEFLAGS. */
function decodeFlagVariable(run: Run, name: string): void {
  const words = environmentWords(run.expander.expand(`$(${name})`));
  if (words.length === 0) return;
  decodeOptions(words, {
    flags: run.flags,
    fromEnvironment: true,
    onWord: (word) => defineFromCommandLine(run, word),
    onError: () => undefined,
    fileName: (file) => commandLineFile(run, file),
  });
  applyFlags(run);
}

function decodeCommandLine(run: Run): void {
  const problems: string[] = [];
  const environmentJobs = run.flags.jobs;
  run.flags.jobs = undefined;
  const good = decodeOptions(run.options.argv, {
    flags: run.flags,
    fromEnvironment: false,
    onWord: (word) => {
      if (word !== '-' && !defineFromCommandLine(run, word)) addGoal(run, commandLineFile(run, word));
    },
    onError: (text) => problems.push(text),
    fileName: (file) => commandLineFile(run, file),
  });
  run.jobsOnCommandLine = run.flags.jobs;
  run.flags.jobs ??= environmentJobs;
  if (!good) throw new UsageError(problems);
}

function applyFlags(run: Run): void {
  const { flags } = run;
  run.variables.environmentOverrides = flags.environmentOverrides;
  run.expander.warnUndefinedVariables = flags.warnUndefinedVariables;
  run.silent = flags.silent;
  const unknown = run.debug.set(flags);
  if (unknown !== undefined) {
    throw new MakeStop(`unknown debug level specification '${unknown}'`, undefined);
  }
  const sync = flags.outputSync;
  if (sync !== undefined && !['none', 'line', 'target', 'recurse'].includes(sync)) {
    throw new MakeStop(`unknown output-sync type '${sync}'`, undefined);
  }
}

function commandLineFile(run: Run, name: string): string {
  if (name === '') throw new MakeStop('empty string invalid as file name', undefined);
  const expanded = name.startsWith('~') ? (run.names.expandTilde(name) ?? name) : name;
  let bare = expanded;
  while (bare.startsWith('./')) bare = bare.slice(2).replace(/^\/+/, '');
  return bare === '' ? './' : stripDotSlash(bare);
}

/** @returns false if the word is no assignment */
function defineFromCommandLine(run: Run, word: string): boolean {
  const syntax = parseAssignment(word, 0);
  if (syntax === undefined) return false;
  // Options in front of the word count already, those behind it do not yet.
  run.expander.warnUndefinedVariables = run.flags.warnUndefinedVariables;
  run.variables.environmentOverrides = run.flags.environmentOverrides;
  const name = run.expander.expand(word.slice(syntax.nameStart, syntax.nameEnd));
  if (name === '') throw new MakeStop('empty variable name', undefined);
  const variable = assign(name, word.slice(syntax.valueStart), syntax.flavour, {
    ...run.assignmentContext,
    rank: Rank.commandLine,
  });
  if (!run.commandVariables.includes(variable)) run.commandVariables.unshift(variable);
  return true;
}

function addGoal(run: Run, name: string): void {
  const target = run.targets.enter(name);
  target.isGoal = true;
  run.goals.push(target);
  const old = run.variables.lookup('MAKECMDGOALS');
  const value = old === undefined ? target.name : `${old.value} ${target.name}`;
  run.variables.define('MAKECMDGOALS', value, Rank.default, false);
}

/** MAKEOVERRIDES: the command line's assignments, as MAKEFLAGS hands them on. */
function defineOverrides(run: Run): void {
  if (run.commandVariables.length === 0) return;
  const value = run.commandVariables
    .map(
      (variable) =>
        `${quoteForEnvironment(variable.name)}${variable.recursive ? '=' : ':='}${quoteForEnvironment(variable.value)}`,
    )
    .join(' ');
  run.variables.define('-*-command-variables-*-', value, Rank.automatic, false);
  run.variables.define('MAKEOVERRIDES', '${-*-command-variables-*-}', Rank.environment, true);
}

function findIncludeDirectories(run: Run): void {
  const found: string[] = [];
  const add = (given: string): void => {
    const name = given.startsWith('~') ? (run.names.expandTilde(given) ?? given) : given;
    if (run.host.stat(run.directories.path(name))?.directory !== true) return;
    found.push(name.length > 1 ? name.replace(/(?!^)\/+$/, '') : name);
  };
  for (const directory of run.flags.includeDirectories) add(directory);
  for (const directory of systemIncludeDirectories) add(directory);
  run.includeDirectories = found;
  for (const directory of found) {
    assign('.INCLUDE_DIRS', directory, 'append', { ...run.assignmentContext, rank: Rank.default });
  }
}

function defineSuffixes(run: Run): void {
  if (run.flags.noBuiltinRules) {
    run.variables.define('SUFFIXES', '', Rank.default, false);
    return;
  }
  const suffixes = splitWords(defaultSuffixes).map((suffix) => new Dependency(suffix));
  run.suffixTarget.dependencies = enterPrerequisites(run, suffixes, undefined);
  for (const { target } of run.suffixTarget.dependencies) target!.builtin = true;
  run.variables.define('SUFFIXES', defaultSuffixes, Rank.default, false);
}

function defineAutomatic(run: Run): void {
  const { variables } = run;
  variables.define('MAKELEVEL', String(run.level), Rank.environment, false);
  variables.define('MAKE_VERSION', '4.3', Rank.default, false);
  variables.define('MAKE_HOST', machine, Rank.default, false);
  const shell = variables.define('SHELL', defaultShell, Rank.default, false);
  if (shell.value === '' || shell.rank === Rank.environment || shell.rank === Rank.environmentOverride) {
    shell.rank = Rank.file;
    shell.setValue(defaultShell);
  }
  variables.define('MAKEFILES', '', Rank.default, false).exportState = 'ifset';
  const automatic = ['@', '%', '*', '<', '?', '^', '+'];
  for (const name of automatic) {
    variables.define(`${name}D`, `$(patsubst %/,%,$(dir $${name}))`, Rank.automatic, true);
  }
  for (const name of automatic) variables.define(`${name}F`, `$(notdir $${name})`, Rank.automatic, true);
}

/**
 * Sets MAKEFLAGS and MFLAGS to the options in force.
 * @param all with options that have arguments, and a reference to the command line's assignments
 */
export function defineMakeFlags(run: Run, all: boolean, forMakefiles: boolean): Variable {
  const { variables, flags } = run;
  const text = flagString(flags, all, forMakefiles);
  variables.define('MFLAGS', text.startsWith('- ') ? text.slice(2) : text, Rank.environment, true);
  let value = text.startsWith('-') ? text.slice(1) : text;
  if (flags.evals.length > 0) value += ' $(-*-eval-flags-*-)';
  if (all) {
    const reference = run.posix ? '-*-command-variables-*-' : 'MAKEOVERRIDES';
    const overrides = variables.lookup(reference);
    if (overrides !== undefined && overrides.value !== '') value += ` -- $(${reference})`;
  }
  const rank = flags.environmentOverrides ? Rank.environmentOverride : Rank.file;
  return variables.define('MAKEFLAGS', value, rank, true);
}

const defaultMakefiles = ['GNUmakefile', 'makefile', 'Makefile'];

/** Reads `--eval` texts, MAKEFILES, the makefiles of `-f` or the default one (manual, "Makefile Names"). */
export function readMakefiles(run: Run): void {
  const { flags, variables } = run;
  for (const text of flags.evals) run.services.evaluateText(text);
  if (flags.evals.length > 0) {
    const value = flags.evals.map((text) => `--eval=${quoteForEnvironment(text)}`).join(' ');
    variables.define('-*-eval-flags-*-', value, Rank.automatic, false);
  }
  variables.define('MAKEFILE_LIST', '', Rank.file, false);
  run.debug.line('b', 'Reading makefiles...');
  for (const name of splitWords(run.expandQuietly('$(MAKEFILES)'))) {
    readMakefile(run, name, {
      included: true,
      optional: true,
      setsDefaultGoal: false,
      keepTilde: false,
      place: undefined,
    });
  }
  for (let index = 0; index < flags.makefiles.length; index++) {
    const file = readFirst(run, flags.makefiles[index]!);
    flags.makefiles[index] = file.name;
  }
  if (flags.makefiles.length > 0) return;
  const found = defaultMakefiles.find((name) => run.directories.exists(name));
  if (found !== undefined) {
    readFirst(run, found);
    return;
  }
  // None there: a rule may make one.
  for (const name of defaultMakefiles) {
    run.readFiles.unshift({
      name,
      target: run.targets.lookupOrEnter(name),
      found: false,
      included: false,
      optional: true,
      skipped: false,
      place: undefined,
      error: undefined,
    });
  }
}

function readFirst(run: Run, name: string): ReadFile {
  const file = readMakefile(run, name, {
    included: false,
    optional: false,
    setsDefaultGoal: true,
    keepTilde: false,
    place: undefined,
  });
  if (file.error !== undefined) {
    run.messages.warn(`${name}: ${describeError(file.error)}`, undefined);
  }
  return file;
}

/** Everything between the last makefile and the first target. */
export function finishReading(run: Run): void {
  const { flags, variables } = run;
  const hadRules = !flags.noBuiltinRules;
  const hadVariables = !flags.noBuiltinVariables;
  const oldJobs = flags.jobs;
  flags.jobs = undefined;
  decodeFlagVariable(run, 'GNUMAKEFLAGS');
  variables.define('GNUMAKEFLAGS', '', Rank.override, false);
  decodeFlagVariable(run, 'MAKEFLAGS');
  run.jobsInMakefile = flags.jobs;
  if (flags.jobs === undefined || run.jobsOnCommandLine !== undefined) flags.jobs = oldJobs;
  if (flags.noBuiltinRules && hadRules) {
    if (run.suffixTarget.builtin) run.suffixTarget.dependencies = [];
    variables.define('SUFFIXES', '', Rank.default, false);
  }
  if (flags.noBuiltinVariables && hadVariables) {
    for (const [name] of defaultVariables) variables.undefine(name, Rank.default);
  }
}
