import { realpathSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fromByteText, toByteText } from '../engine/kconfig/byte-text.ts';
import { checkSettings } from '../engine/kconfig/check.ts';
import type { Configuration } from '../engine/kconfig/configuration.ts';
import { GuardedHost } from '../rules/configure/guarded-host.ts';
import { nodeHost } from '../engine/kconfig/host.ts';
import { menuPath, search } from '../engine/kconfig/search.ts';
import type { ConfigSymbol } from '../engine/kconfig/symbol.ts';
import { explain } from '../engine/kconfig/why.ts';
import { formatDiagnostic, formatLocation } from '../engine/location.ts';
import { nearest } from '../engine/nearest.ts';
import { applySettings, textChanges } from '../rules/configure/apply.ts';
import { openConfiguration } from '../rules/configure/open.ts';
import type { Workspace } from '../rules/workspace/workspace.ts';
import type { Command, Surroundings } from './command.ts';
import { changeSettings, type Wish } from './config-set.ts';
import { ConfigText } from './config-text.ts';
import { splitWords, workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

const actions = ['get', 'set', 'unset', 'why', 'diff', 'search', 'check'] as const;
type Action = (typeof actions)[number];

interface ConfigArguments extends WorkspaceArguments {
  readonly action: Action;
  readonly words?: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Everything an action works with. */
export interface ConfigContext {
  readonly configuration: Configuration;
  readonly workspace: Workspace;
  readonly surroundings: Surroundings;
  readonly text: ConfigText;
  readonly json: boolean;
  readonly yes: boolean;
  readonly print: (text: string) => void;
  /** Says what is wrong; returns the exit status. */
  readonly complain: (message: string) => number;
}

/** Questions about a configuration, and changes of single options. */
export const command: Command<ConfigArguments> = {
  usage: 'config <action> [words..]',
  describe: 'Ask about options and set them: get, set, unset, why, diff, search, check',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('action', {
        choices: actions,
        demandOption: true,
        describe:
          'get NAME.. | set NAME VALUE, NAME=VALUE.. | unset NAME.. | why NAME.. | diff [OLD [NEW]] | search TEXT | check [FILE]',
      })
      .positional('words', { type: 'string', array: true, describe: 'What the action is about' })
      .option('yes', {
        alias: 'y',
        type: 'boolean',
        describe: 'set, unset: change what else must change, too',
      })
      .option('json', { type: 'boolean', describe: 'Answer as JSON' }),
  async run(args, surroundings) {
    const complain = (message: string): number => {
      surroundings.stderr.write(`unigraph: ${message}\n`);
      return 1;
    };
    const { action } = args;
    const print = (text: string): void => void surroundings.stdout.write(text);
    if (action === 'diff') {
      const words = splitWords(args.words ?? []).rest;
      const present = words.length < 2 ? await presentConfig(args, surroundings) : '';
      return diff(present, words, surroundings.cwd, args.json ?? false, print, complain);
    }
    const changes = action === 'set' || action === 'unset';
    const found = await workspaceFrom(args, surroundings, args.words ?? [], !changes);
    if (!found.ok) return complain(formatDiagnostic(found.error));
    const { workspace, words } = found.value;
    const text = new ConfigText(realpathSync(surroundings.cwd), workspace.core);
    const opened = openConfiguration(workspace, surroundings.environment, new GuardedHost(), !changes);
    if (!opened.ok) return complain(formatDiagnostic(opened.error));
    const { configuration } = opened.value;
    configuration.load();
    configuration.takeMessages();
    const context: ConfigContext = {
      configuration,
      workspace,
      surroundings,
      text,
      json: args.json ?? false,
      yes: args.yes ?? false,
      print,
      complain,
    };
    switch (action) {
      case 'get':
        return get(context, words);
      case 'set':
      case 'unset':
        return changeSettings(context, wishes(action, words, workspace));
      case 'why':
        return why(context, words);
      case 'search':
        return searchText(context, words);
      case 'check':
        return check(context, words[0]);
    }
  },
};

/** Where `.config` is; two files can be compared without a core. */
async function presentConfig(args: ConfigArguments, surroundings: Surroundings): Promise<string> {
  const silent = { ...surroundings, stderr: new PassThrough() };
  const found = await workspaceFrom(args, silent, args.words ?? [], true);
  return found.ok ? found.value.workspace.config : `${surroundings.cwd}/.config`;
}

/** The symbols of names; complains about those that there are not. */
export function symbolsOf(context: ConfigContext, names: readonly string[]): ConfigSymbol[] | undefined {
  const { configuration, complain } = context;
  const symbols: ConfigSymbol[] = [];
  let missing = false;
  for (const name of names) {
    const symbol = configuration.find(toByteText(name));
    if (symbol !== undefined) {
      symbols.push(symbol);
      continue;
    }
    missing = true;
    const bare = name.replace(/^CONFIG_/, '');
    const meant = nearest(
      bare,
      configuration.definedSymbols().map((each) => each.name!),
    );
    complain(
      `there is no option ${bare}${meant === undefined ? '' : `; did you mean ${fromByteText(meant)}?`}`,
    );
  }
  return missing ? undefined : symbols;
}

function get(context: ConfigContext, names: readonly string[]): number {
  const { configuration, print, complain, json } = context;
  if (names.length === 0) return complain('config get needs the NAME of an option');
  const symbols = symbolsOf(context, names);
  if (symbols === undefined) return 1;
  const values = symbols.map(
    (symbol) => [symbol.name!, fromByteText(configuration.valueOf(symbol))] as const,
  );
  if (json) print(`${JSON.stringify(Object.fromEntries(values), undefined, 2)}\n`);
  else if (values.length === 1) print(`${values[0]![1]}\n`);
  else for (const [name, value] of values) print(`${name}=${value}\n`);
  return 0;
}

/** What `set` and `unset` are asked for. */
function wishes(action: 'set' | 'unset', words: readonly string[], workspace: Workspace): Wish[] {
  if (action === 'unset') return words.map((name) => ({ name, value: undefined }));
  // NAME=VALUE looks like a make variable, and came in as one.
  const assigned = workspace.variables.map(({ name, value }) => ({ name, value }));
  const spoken: Wish[] = [];
  for (let index = 0; index < words.length; index += 2) {
    spoken.push({ name: words[index]!, value: words[index + 1] ?? 'y' });
  }
  return [...spoken, ...assigned];
}

function why(context: ConfigContext, names: readonly string[]): number {
  const { configuration, text, print, complain, json } = context;
  if (names.length === 0) return complain('config why needs the NAME of an option');
  const symbols = symbolsOf(context, names);
  if (symbols === undefined) return 1;
  const explanations = symbols.map((symbol) => explain(configuration, symbol));
  if (json) {
    const answers = explanations.map((each) => ({
      name: each.symbol.name,
      value: fromByteText(each.value),
      origin: each.origin.kind,
      changeable: each.changeable,
      wanted: each.wanted,
      definedAt: each.places.map((place) => text.place(place)),
      causes: 'by' in each.origin ? each.origin.by.map((cause) => text.cause(cause)) : undefined,
      blockedBy: each.blockedBy.map((cause) => text.cause(cause)),
    }));
    print(`${JSON.stringify(answers, undefined, 2)}\n`);
  } else print(explanations.map((each) => text.explanation(each)).join('\n'));
  return 0;
}

function searchText(context: ConfigContext, words: readonly string[]): number {
  const { configuration, print, complain, json } = context;
  if (words.length === 0) return complain('config search needs a TEXT');
  const matches = search(configuration, toByteText(words.join(' ')));
  if (matches.length === 0) return complain(`no option has '${words.join(' ')}' in its name, prompt or help`);
  const rows = matches.map(({ symbol, menu }) => ({
    name: symbol.name!,
    value: fromByteText(configuration.valueOf(symbol)),
    prompt: menu.prompt?.text === undefined ? undefined : fromByteText(menu.prompt.text),
    menu: menuPath(configuration, menu).map(fromByteText),
  }));
  if (json) print(`${JSON.stringify(rows, undefined, 2)}\n`);
  else {
    for (const { name, value, prompt, menu } of rows) {
      print(`${name}=${value}${prompt === undefined ? '' : `  ${prompt}`}\n`);
      if (menu.length > 0) print(`    in ${menu.join(' > ')}\n`);
    }
  }
  return 0;
}

function check(context: ConfigContext, file: string | undefined): number {
  const { configuration, workspace, text, print, complain, surroundings } = context;
  const path = file === undefined ? workspace.config : absolute(file, surroundings.cwd);
  const content = configuration.read(toByteText(path));
  if (content === undefined && (file !== undefined || workspace.kconfig.length === 0)) {
    return complain(`there is no configuration ${path}`);
  }
  const findings: string[] = [];
  if (content !== undefined) {
    configuration.loadText(content, toByteText(path));
    findings.push(
      ...checkSettings(configuration, content).map((problem) => {
        const line = 'setting' in problem ? `:${problem.setting.line}` : '';
        return `${path}${line}: ${text.problem(problem)}`;
      }),
    );
  }
  if (file === undefined) {
    for (const { setting, problem } of applySettings(configuration, content ?? '', workspace.kconfig)) {
      findings.push(`${formatLocation(setting.location)}: ${text.problem(problem)}`);
    }
  }
  configuration.takeMessages();
  if (context.json) print(`${JSON.stringify(findings, undefined, 2)}\n`);
  else for (const finding of findings) print(`${finding}\n`);
  return findings.length === 0 ? 0 : 1;
}

function absolute(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd}/${path}`;
}

/** Compares two configuration files; without names, the present one with the one before. Status 1 when they differ, as diff's. */
function diff(
  config: string,
  words: readonly string[],
  cwd: string,
  json: boolean,
  print: (text: string) => void,
  complain: (message: string) => number,
): number {
  const old = words[0] === undefined ? `${config}.old` : absolute(words[0], cwd);
  const present = words[1] === undefined ? config : absolute(words[1], cwd);
  const contents: string[] = [];
  for (const path of [old, present]) {
    const bytes = nodeHost.readFile(path);
    if (bytes === undefined) {
      complain(`cannot read the configuration ${path}`);
      return 2;
    }
    contents.push(Buffer.from(bytes).toString('latin1'));
  }
  const changes = textChanges(contents[0]!, contents[1]!, 'CONFIG_');
  if (json) print(`${JSON.stringify(changes, undefined, 2)}\n`);
  else for (const change of changes) print(`${new ConfigText().change(change)}\n`);
  return changes.length === 0 ? 0 : 1;
}
