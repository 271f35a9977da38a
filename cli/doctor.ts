import process from 'node:process';
import { Writable } from 'node:stream';
import { ok } from '../engine/result.ts';
import { examine, isWell, type Finding } from '../rules/doctor/examine.ts';
import { installCommand, packageOf, systemOf } from '../rules/doctor/packages.ts';
import { findProject } from '../rules/workspace/find-project.ts';
import type { Command } from './command.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface DoctorArguments extends WorkspaceArguments {
  readonly words?: readonly string[];
  readonly json?: boolean;
}

const marks: Readonly<Record<Finding['state'], string>> = {
  good: 'ok',
  missing: 'MISSING',
  old: 'TOO OLD',
  broken: 'BROKEN',
  advice: 'note',
};

export const command: Command<DoctorArguments> = {
  usage: 'doctor [words..]',
  describe: 'Tell what is missing or too old on this machine for the project here, and what mends it',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('words', {
        type: 'string',
        array: true,
        describe: 'Make-style words: A= L= O= C= P= E= N=',
      })
      .option('json', { type: 'boolean', describe: 'Print JSON' }),
  async run(args, surroundings) {
    // What the workspace has to say is told among the findings.
    const silent = { ...surroundings, stderr: new Writable({ write: (_chunk, _encoding, done) => done() }) };
    const found = await workspaceFrom(args, silent, args.words ?? [], true);
    const workspace = found.ok ? ok(found.value.workspace) : found;
    const named = args.app !== undefined || args.core !== undefined || args.words !== undefined;
    const isAnywhere = named || findProject(surroundings.cwd) !== undefined;
    const system = systemOf(process.platform);
    const findings = await examine(isAnywhere ? workspace : undefined, {
      environment: surroundings.environment,
      system,
      architecture: process.arch,
      node: process.version,
      kvm: '/dev/kvm',
      cpuinfo: '/proc/cpuinfo',
    });
    const well = isWell(findings);
    if (args.json) {
      surroundings.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
      return well ? 0 : 1;
    }
    for (const { state, text, command: mend, optional } of findings) {
      const mark = state === 'missing' && optional === true ? 'note' : marks[state];
      surroundings.stdout.write(`${mark.padEnd(8)} ${text}\n`);
      if (mend !== undefined)
        surroundings.stdout.write(`${' '.repeat(9)}${mend.split('\n').join(`\n${' '.repeat(9)}`)}\n`);
    }
    const missing = findings
      .filter(({ state, subject }) => state !== 'good' && packageOf(subject, system) !== undefined)
      .map(({ subject }) => subject);
    const all = missing.length > 1 ? installCommand(missing, system) : undefined;
    if (all !== undefined) surroundings.stdout.write(`\nAll at once: ${all}\n`);
    surroundings.stdout.write(well ? '\nNothing that is needed is missing.\n' : '');
    return well ? 0 : 1;
  },
};
