import { HashOrder, hashBytes } from './hash-order.ts';
import type { Run } from './run.ts';
import { Mtime, State, Status, type Dependency, type Target } from './target.ts';
import { Rank, type TargetScope, type Variable } from './variables.ts';
import { version } from './usage.ts';
import type { RecipeText } from './recipe.ts';

const originTexts: readonly string[] = [
  'default',
  'environment',
  'makefile',
  'environment under -e',
  'command line',
  "'override' directive",
  'automatic',
];

/** What `make -p` prints (manual, "Options Summary"); without GNU Make's statistics about its own tables. */
export function printDatabase(run: Run): string {
  const when = dateText(run.host.now());
  return [
    version('# '),
    `\n# Make data base, printed on ${when}\n`,
    variablesText(run),
    patternVariablesText(run),
    '\n# Directories\n\n',
    rulesText(run),
    filesText(run),
    vpathText(run),
    `\n# Finished Make data base on ${when}\n\n`,
  ].join('');
}

/** As C's ctime. */
function dateText(ms: number): string {
  const date = new Date(ms);
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getDay()]!;
  const month = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[date.getMonth()]!;
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${month} ${String(date.getDate()).padStart(2)} ${time} ${date.getFullYear()}`;
}

function variablesText(run: Run): string {
  let text = '\n# Variables\n\n';
  for (const variable of run.variables.globals()) text += variableText(variable, '');
  return text;
}

/** @param simple print it as a simple variable, as GNU Make does with all pattern-specific ones */
function variableText(variable: Variable, prefix: string, simple = false): string {
  const recursive = variable.recursive && !simple;
  const { place } = variable;
  const from =
    place === undefined || place.file === ''
      ? ''
      : ` (from '${place.file}', line ${place.line + place.offset})`;
  const head = `# ${originTexts[variable.rank]!}${variable.isPrivate ? ' private' : ''}${from}\n${prefix}`;
  if (recursive && variable.value.includes('\n')) {
    return `${head}define ${variable.name}\n${variable.value}\nendef\n`;
  }
  const operator = recursive ? (variable.append ? '+=' : '=') : ':=';
  const value = variable.name === '.VARIABLES' ? '' : variable.value;
  return `${head}${variable.name} ${operator} ${shownValue(value, recursive)}\n`;
}

function shownValue(value: string, recursive: boolean): string {
  if (value !== '' && /^\s+$/.test(value)) return `$(subst ,,${value})`;
  return recursive ? value : value.replace(/\$/g, '$$$$');
}

function patternVariablesText(run: Run): string {
  let text = '\n# Pattern-specific Variable Values\n';
  let count = 0;
  for (const { pattern, variable } of run.targetVariables.patternViews()) {
    count++;
    text += `\n${pattern} :\n${variableText(variable, '# ', true)}`;
  }
  return count === 0
    ? `${text}\n# No pattern-specific variable values.\n`
    : `${text}\n# ${count} pattern-specific variable values`;
}

function rulesText(run: Run): string {
  const { rules } = run.patternRules;
  let text = '\n# Implicit Rules\n';
  for (const rule of rules) {
    text += `\n${rule.targets.map((target) => target.text).join(' ')}:${rule.terminal ? ':' : ''}`;
    text += prerequisitesText(rule.dependencies);
    if (rule.recipe !== undefined) text += recipeText(rule.recipe, run.recipePrefix);
  }
  if (rules.length === 0) return `${text}\n# No implicit rules.\n`;
  const terminal = rules.filter((rule) => rule.terminal).length;
  const share = ((terminal / rules.length) * 100).toFixed(1);
  return `${text}\n# ${rules.length} implicit rules, ${terminal} (${share}%) terminal.`;
}

function prerequisitesText(dependencies: readonly Dependency[]): string {
  const normal = dependencies.filter((each) => !each.orderOnly).map((each) => ` ${each.name}`);
  const orderOnly = dependencies.filter((each) => each.orderOnly).map((each) => ` ${each.name}`);
  return `${normal.join('')}${orderOnly.length > 0 ? ` |${orderOnly.join('')}` : ''}\n`;
}

function recipeText(recipe: RecipeText, prefix: string): string {
  const { place } = recipe;
  const from = place === undefined ? ' (built-in):' : ` (from '${place.file}', line ${place.line}):`;
  let text = `#  recipe to execute${from}\n`;
  let start = 0;
  while (start < recipe.text.length) {
    let end = start;
    let quoted = false;
    for (; end < recipe.text.length; end++) {
      if (recipe.text[end] === '\n' && !quoted) break;
      quoted = recipe.text[end] === '\\' ? !quoted : false;
    }
    text += `${prefix}${recipe.text.slice(start, end)}\n`;
    start = end + 1;
  }
  return text;
}

function filesText(run: Run): string {
  let text = '\n# Files\n';
  const state = { prefix: run.recipePrefix };
  for (const first of run.targets.inTableOrder()) {
    for (const rule of first.rules()) text += targetText(run, rule, state);
  }
  return text;
}

function targetText(run: Run, target: Target, state: { prefix: string }): string {
  if (run.flags.noBuiltinRules && target.builtin) return '';
  let text = '\n';
  const { recipe } = target;
  if (recipe !== undefined && recipe.prefix !== state.prefix) {
    state.prefix = recipe.prefix;
    text += `.RECIPEPREFIX = ${recipe.prefix === '\t' ? '' : recipe.prefix}\n`;
  }
  const scope = target.variables;
  if (scope !== undefined) {
    for (const variable of inTableOrder(scope)) {
      if (variable.rank !== Rank.automatic) text += variableText(variable, `${target.name}: `);
    }
  }
  if (!target.isTarget) text += '# Not a target:\n';
  text += `${target.name}:${target.doubleColon === undefined ? '' : ':'}${prerequisitesText(target.dependencies)}`;
  for (const line of factsOf(target)) text += `#  ${line}\n`;
  if (scope !== undefined) {
    for (const variable of inTableOrder(scope)) {
      if (variable.rank === Rank.automatic) text += variableText(variable, '# ');
    }
  }
  if (recipe !== undefined) text += recipeText(recipe, state.prefix);
  return text;
}

function inTableOrder(scope: TargetScope): Variable[] {
  const order = new HashOrder(hashBytes, 23);
  for (const name of scope.variables.keys()) order.insert(name);
  return order.keys().map((name) => scope.variables.get(name)!);
}

function* factsOf(target: Target): Iterable<string> {
  if (target.precious) yield 'Precious file (prerequisite of .PRECIOUS).';
  if (target.phony) yield 'Phony target (prerequisite of .PHONY).';
  if (target.isGoal) yield 'Command line target.';
  if (target.dontCare) yield 'A default, MAKEFILES, or -include/sinclude makefile.';
  if (target.builtin) yield 'Builtin rule';
  yield `Implicit rule search has ${target.triedImplicit ? '' : 'not '}been done.`;
  if (target.stem !== undefined) yield `Implicit/static pattern stem: '${target.stem}'`;
  if (target.intermediate) yield 'File is an intermediate prerequisite.';
  if (target.alsoMakes.length > 0) yield `Also makes: ${target.alsoMakes.map(({ name }) => name).join(' ')}`;
  if (target.mtime === Mtime.unknown) yield 'Modification time never checked.';
  else if (target.mtime === Mtime.missing) yield 'File does not exist.';
  else if (target.mtime === Mtime.old) yield 'File is very old.';
  else yield `Last modified ${stampText(target.mtime)}`;
  yield `File has ${target.updated ? '' : 'not '}been updated.`;
  if (target.state !== State.notStarted && target.state !== State.finished) return;
  if (target.status === Status.success) yield 'Successfully updated.';
  else if (target.status === Status.question) yield 'Needs to be updated (-q is set).';
  else if (target.status === Status.failed) yield 'Failed to be updated.';
}

function stampText(ms: number): string {
  // GNU Make's greatest time.
  if (ms === Mtime.newest) return '2514-05-30 01:53:03.107374182';
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const fraction = ((ms % 1000) / 1000).toFixed(9).slice(1).replace(/0+$/, '');
  return `${day} ${time}${fraction === '.' ? '' : fraction}`;
}

function vpathText(run: Run): string {
  const { selective, general } = run.vpath.describe();
  let text = '\n# VPATH Search Paths\n\n';
  for (const { pattern, directories } of selective) text += `vpath ${pattern} ${directories.join(':')}\n`;
  text +=
    selective.length === 0
      ? "# No 'vpath' search paths.\n"
      : `\n# ${selective.length} 'vpath' search paths.\n`;
  text +=
    general.length === 0
      ? "\n# No general ('VPATH' variable) search path.\n"
      : `\n# General ('VPATH' variable) search path:\n# ${general.join(':')}\n`;
  return text;
}
