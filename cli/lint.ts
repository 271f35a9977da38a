import { formatDiagnostic, formatLocation } from '../engine/location.ts';
import { nearest } from '../engine/nearest.ts';
import { lintRuleNames, lintRules, type Finding, type LintRule } from '../rules/lint/finding.ts';
import { lint } from '../rules/lint/lint.ts';
import { shortPath } from '../rules/variables/short-path.ts';
import type { Command } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { complain, openEvaluated } from './vars.ts';
import { workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface LintArguments extends WorkspaceArguments {
  readonly library?: readonly string[];
  readonly all?: boolean;
  readonly disable?: string | readonly string[];
  readonly json?: boolean;
}

const width = Math.max(...lintRuleNames.map((name) => name.length));
const ruleTable = lintRuleNames.map((name) => `  ${name.padEnd(width)}  ${lintRules[name]}`).join('\n');

export const command: Command<LintArguments> = {
  usage: 'lint [library..]',
  describe: 'Find mistakes in Makefile.uk and exportsyms.uk files that make does not tell.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('library', {
        describe: "Libraries to look at [the application's and the external ones]; or VARIABLE=value",
        type: 'string',
        array: true,
      })
      .option('all', { type: 'boolean', describe: "Look at the core's libraries too" })
      .option('disable', {
        type: 'string',
        requiresArg: true,
        describe: 'A rule to leave out; repeatable, or a,b',
      })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/lint.md)' })
      .example('unigraph lint libfortune --disable global-include', 'one library, without one rule')
      .epilogue(
        `Rules:\n${ruleTable}\n\nStatus: 0 without findings; 1 with findings, or when the tree cannot be evaluated; 2 for bad usage.`,
      ),
  async run(args, surroundings) {
    const disabled = [args.disable ?? []].flat().flatMap((text) => text.split(','));
    const unknown = disabled.find((name) => !lintRuleNames.includes(name as LintRule));
    if (unknown !== undefined) {
      const meant = nearest(unknown, lintRuleNames);
      const hint =
        meant === undefined ? `the rules are ${lintRuleNames.join(', ')}` : `did you mean '${meant}'?`;
      return complain(surroundings, `lint has no rule '${unknown}'; ${hint}`, 2);
    }
    const opened = await openEvaluated(args, surroundings, args.library ?? []);
    if (typeof opened === 'number') return opened;
    const report = lint(opened.evaluated, {
      libraries: opened.words,
      all: args.all === true,
      disabled: new Set(disabled as LintRule[]),
      environment: definedOnly(surroundings.environment),
    });
    if (!report.ok) return complain(surroundings, formatDiagnostic(report.error), 2);
    const { stdout, cwd } = surroundings;
    const { findings, libraries } = report.value;
    if (args.json === true)
      stdout.write(`${JSON.stringify({ schema: 1, libraries, findings }, undefined, 1)}\n`);
    else {
      for (const finding of findings) stdout.write(render(finding, cwd));
      stdout.write(`${summary(findings.length, libraries)}\n`);
    }
    return findings.length === 0 ? 0 : 1;
  },
};

function render({ location, message, rule, hint }: Finding, cwd: string): string {
  const where = formatLocation({ ...location, file: shortPath(location.file, cwd) });
  return `${where}: ${message} [${rule}]\n  ${hint}\n`;
}

function summary(count: number, libraries: readonly string[]): string {
  const of = libraries.length > 4 ? `${libraries.length} libraries` : libraries.join(', ');
  const found = count === 0 ? 'nothing' : count === 1 ? '1 finding' : `${count} findings`;
  return `${found} in ${of === '' ? 'no library: name one, or use --all' : of}`;
}
