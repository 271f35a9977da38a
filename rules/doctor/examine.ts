import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import type { Diagnostic } from '../../engine/location.ts';
import type { Result } from '../../engine/result.ts';
import { nearestExisting } from '../workspace/tree.ts';
import type { Environment } from '../workspace/working-folders.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { ownNeeds, purposeOf, workspaceNeeds, type Need, type Purpose } from './needs.ts';
import { installCommand, type System } from './packages.ts';
import { isTooOld, probeProgram } from './programs.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly state: 'good' | 'missing' | 'old' | 'broken' | 'advice';
  /** What was looked at: a program, or `kvm`, `core`, `configuration`, … */
  readonly subject: string;
  readonly text: string;
  /** The command that mends it. */
  readonly command?: string;
  /** Nothing is missing that cannot be done without. */
  readonly optional?: boolean;
}

export interface Machine {
  readonly environment: Environment;
  readonly system: System;
  /** As `process.arch` says. */
  readonly architecture: string;
  /** The version of Node that runs this. */
  readonly node: string;
  /** The device of KVM. */
  readonly kvm: string;
  /** What the kernel tells of the processors. */
  readonly cpuinfo: string;
}

/** The oldest Node that unigraph is for. */
const oldestNode = '20.19.0';

/** What a build of a big application takes, in bytes. */
const space = 1024 ** 3;

/**
 * Looks at everything that a workspace needs, in the order of use.
 * @param workspace the project, or what is wrong with it; undefined where there is none
 */
export async function examine(
  workspace: Result<Workspace, Diagnostic> | undefined,
  machine: Machine,
): Promise<Finding[]> {
  const findings: Finding[] = [nodeFinding(machine.node)];
  const known = workspace?.ok === true ? workspace.value : undefined;
  const purpose = known && purposeOf(known, machine.architecture);
  const needs = [...ownNeeds, ...(known && purpose ? workspaceNeeds(known, purpose) : defaultNeeds)];
  findings.push(...(await Promise.all(needs.map((need) => examineNeed(need, machine)))));
  if (purpose === undefined || purpose.platform === 'kvm' || purpose.platform === 'qemu') {
    findings.push(kvmFinding(machine, purpose));
  }
  if (workspace === undefined) return findings;
  if (!workspace.ok) {
    const { message, hint } = workspace.error;
    return [
      ...findings,
      { state: 'missing', subject: 'project', text: message, ...(hint !== undefined && { command: hint }) },
    ];
  }
  return [...findings, ...projectFindings(workspace.value)];
}

/** What most projects need, where there is none to look at. */
const defaultNeeds: readonly Need[] = [
  { program: 'gcc', purpose: 'to compile', atLeast: '7.1' },
  { program: 'ld', purpose: 'to link' },
  { program: 'objcopy', purpose: 'to link' },
  { program: 'patch', purpose: 'to patch libraries' },
  { program: 'qemu-system-x86_64', purpose: 'to run images', atLeast: '2.10' },
  { program: 'gdb', purpose: 'to debug images', or: 'gdb-multiarch', optional: true },
];

function nodeFinding(version: string): Finding {
  const subject = 'node';
  const bare = version.replace(/^v/, '');
  return isTooOld(bare, oldestNode)
    ? {
        state: 'old',
        subject,
        text: `Node ${bare} is too old: ${oldestNode} or newer is needed`,
        command: 'See https://nodejs.org/en/download, or use a version manager such as nvm: nvm install 22.',
      }
    : { state: 'good', subject, text: `Node ${bare}` };
}

async function examineNeed(need: Need, machine: Machine): Promise<Finding> {
  const names = [need.program, ...(need.or === undefined ? [] : [need.or])];
  const optional = need.optional === true ? { optional: true } : {};
  for (const program of names) {
    const found = await probeProgram(program, machine.environment);
    if (found.path === undefined) continue;
    const subject = program;
    const command = installCommand([program], machine.system);
    const mend = command === undefined ? {} : { command };
    if (found.broken) {
      return {
        state: 'broken',
        subject,
        text: `${found.path} cannot be started (needed ${need.purpose})`,
        ...mend,
        ...optional,
      };
    }
    if (isTooOld(found.version, need.atLeast)) {
      const text = `${program} ${found.version} is too old ${need.purpose}: ${need.atLeast} or newer is needed`;
      return { state: 'old', subject, text, ...mend, ...optional };
    }
    return {
      state: 'good',
      subject,
      text: `${program}${found.version === undefined ? '' : ` ${found.version}`}`,
    };
  }
  const command = installCommand([need.program], machine.system);
  return {
    state: 'missing',
    subject: need.program,
    text: `${need.program} is not installed (needed ${need.purpose})`,
    ...(command !== undefined && { command }),
    ...optional,
  };
}

function kvmFinding(machine: Machine, purpose: Purpose | undefined): Finding {
  const subject = 'kvm';
  const host = { x64: 'x86_64', arm64: 'arm64' }[machine.architecture];
  if (purpose !== undefined && host !== purpose.architecture) {
    return {
      state: 'advice',
      subject,
      text: `the image is for ${purpose.architecture}: here it runs emulated, which is slower`,
      optional: true,
    };
  }
  if (!existsSync(machine.kvm)) {
    return {
      state: 'advice',
      subject,
      text: 'there is no KVM: images run emulated, which is slower',
      command:
        'sudo modprobe kvm_intel || sudo modprobe kvm_amd (in a virtual machine, its host must allow it)',
      optional: true,
    };
  }
  try {
    accessSync(machine.kvm, constants.R_OK | constants.W_OK);
  } catch {
    return {
      state: 'advice',
      subject,
      text: `you may not use ${machine.kvm}: images run emulated, which is slower`,
      command: 'sudo usermod -aG kvm $USER, and log in again',
      optional: true,
    };
  }
  if (host === 'x86_64' && !/^flags\s*:.*\b(vmx|svm)\b/m.test(readText(machine.cpuinfo))) {
    return {
      state: 'advice',
      subject,
      text: `${machine.kvm} is there, but the processor shows neither vmx nor svm: guests may not run with it`,
      command: 'unigraph run --accel tcg',
      optional: true,
    };
  }
  return { state: 'good', subject, text: 'KVM' };
}

function projectFindings(workspace: Workspace): Finding[] {
  const findings: Finding[] = [{ state: 'good', subject: 'core', text: `core ${workspace.core}` }];
  for (const { message, hint } of workspace.notices) {
    const command = /'(unigraph [^']+)'/.exec(hint ?? '')?.[1];
    findings.push({
      state: 'advice',
      subject: 'project',
      text: message,
      ...(command !== undefined && { command }),
      optional: true,
    });
  }
  findings.push(
    existsSync(workspace.config)
      ? { state: 'good', subject: 'configuration', text: `configuration ${workspace.config}` }
      : {
          state: 'advice',
          subject: 'configuration',
          text: `there is no configuration yet (${workspace.config})`,
          command: 'unigraph configure',
          optional: true,
        },
  );
  const free = freeSpace(workspace.build);
  if (free !== undefined && free < space) {
    const mebibytes = Math.floor(free / 1024 ** 2);
    findings.push({
      state: 'advice',
      subject: 'space',
      text: `only ${mebibytes} MiB are free for the build folder ${workspace.build}`,
      optional: true,
    });
  }
  return findings;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function freeSpace(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(nearestExisting(folder));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** True when nothing is missing that building or running needs. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ state, optional }) => state === 'good' || state === 'advice' || optional === true);
}
