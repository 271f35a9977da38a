import process from 'node:process';
import { which } from '../engine/exec/which.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { buildWorkspace } from '../rules/build/build-workspace.ts';
import { InputLint } from '../rules/input-lint/input-lint.ts';
import type { Call } from '../rules/build/up-to-date.ts';
import { beginBuild, statusOf } from './build-session.ts';
import { jobOptions, jobsOf, type JobArguments } from './job-options.ts';
import type { Command } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface BuildArguments extends WorkspaceArguments, JobArguments {
  readonly verbose?: boolean;
  readonly 'dry-run'?: boolean;
  readonly verify?: boolean;
  readonly 'lint-inputs'?: boolean;
}

export const command: Command<BuildArguments> = {
  usage: 'build [goal..]',
  describe:
    'Build an image, or the named targets, libraries or files; also takes make-style words (A=, L=, O=, …).',
  build: (yargs) =>
    jobOptions(workspaceOptions(yargs))
      .option('dry-run', { alias: 'n', type: 'boolean', describe: 'Tell what would run' })
      .option('verify', {
        type: 'boolean',
        describe: 'Read all outputs again, and make again those that are not as they were made',
      })
      .option('lint-inputs', {
        type: 'boolean',
        describe: 'Run all commands under strace and report files that they use without being declared',
      })
      .option('verbose', { alias: 'v', type: 'boolean', describe: 'Show commands and reasons' }),
  async run(args, surroundings) {
    const workspace = await workspaceFrom(args, surroundings, args.goal ?? [], args['dry-run'] === true);
    if (!workspace.ok) {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(workspace.error)}\n`);
      return 2;
    }
    const jobs = jobsOf(args);
    if (!jobs.ok) {
      surroundings.stderr.write(`unigraph: ${jobs.error}\n`);
      return 2;
    }
    const strace = which('strace', surroundings.environment['PATH'] ?? '', process.cwd());
    if (args['lint-inputs'] === true && strace === undefined) {
      surroundings.stderr.write(
        "unigraph: --lint-inputs needs strace: install the Debian package 'strace'\n",
      );
      return 2;
    }
    const inputLint = args['lint-inputs'] === true ? new InputLint(strace!) : undefined;
    const { emit, interrupts } = beginBuild(surroundings, {
      verbose: args.verbose === true,
      quiet: args.quiet === true,
    });
    try {
      const built = await buildWorkspace({
        workspace: workspace.value.workspace,
        goals: workspace.value.words,
        environment: definedOnly(surroundings.environment),
        jobs: jobs.value,
        keepGoing: args['keep-going'] === true,
        dryRun: args['dry-run'] === true,
        self: [process.execPath, process.argv[1]!],
        // What looks closer is not to be answered by the short way, and leaves nothing for it.
        ...(args.verify !== true && inputLint === undefined && { call: thisCall() }),
        verify: args.verify === true,
        ...(inputLint !== undefined && { inputLint }),
        emit,
        signal: interrupts.signal,
      });
      if (!built.ok) {
        surroundings.stderr.write(`unigraph: ${formatDiagnostic(built.error)}\n`);
        return 1;
      }
      return statusOf(built.value) || (inputLint?.foundAny === true ? 1 : 0);
    } finally {
      inputLint?.close();
      interrupts.restore();
    }
  },
};

declare const UNIGRAPH_BUILD: string;

/** This call as the next one will recognise it. */
function thisCall(): Call {
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    environment: process.env,
    program: UNIGRAPH_BUILD,
  };
}
