import { digestOfText, type Digest } from '../digest/hash.ts';

/**
 * One thing that an action does. Steps run in order in the action's folder; the first that fails ends it.
 */
export type Step = Work & {
  /** What the step is, where an action has several of different kinds: `Strip`, `BootInfo`. */
  readonly rule?: string;
};

type Work =
  /** A shell command, as a line of a recipe. Run without the shell when it has no shell syntax. */
  | {
      readonly kind: 'shell';
      readonly text: string;
      /** The shell and its flags, such as `/bin/bash -c`. */
      readonly shell: readonly string[];
      readonly ignoreErrors?: boolean;
    }
  /** A shell command that is first written to `file`, beside its target, for people and tools to read. */
  | {
      readonly kind: 'script';
      readonly text: string;
      readonly file: string;
      readonly shell: readonly string[];
    }
  /** Creates a folder and its parents. */
  | { readonly kind: 'folder'; readonly path: string }
  /** Writes or appends to a file. */
  | { readonly kind: 'write'; readonly path: string; readonly content: string; readonly append: boolean }
  /** Work that the program does itself: `performer` names it, `argument` is JSON. */
  | { readonly kind: 'native'; readonly performer: string; readonly argument: string };

/** Where a compiler leaves the names of the files that it read. */
export interface Depfile {
  /** Absolute path; removed after it was read. */
  readonly path: string;
  /** Where to keep the dependencies in the form the tree's own Makefile includes, or undefined. */
  readonly keepAs?: string;
}

/** Folders that a compiler searches for headers, in order, absolute. */
export interface IncludePath {
  /** Only for `#include "…"`, after the folder of the including file. */
  readonly quote: readonly string[];
  readonly angle: readonly string[];
}

/** The kinds of slots: how many actions of a kind may run at once. */
export type Pool = 'compile' | 'link' | 'fetch';

/**
 * A node of the build graph: commands, what they read and what they write. Plain data; two actions never share
 * an output. A *group* (a phony target such as `prepare`) is an action without steps and outputs: it is done
 * when its inputs are.
 */
export interface Action {
  /** The target's name as the makefile has it (an absolute path, or a phony name). Unique. */
  readonly id: string;
  /** The rule that it is an instance of, such as `Compile`. */
  readonly rule: string;
  /** Unikraft library, such as `libfortune`; empty for none. */
  readonly library: string;
  /** Short verb for progress lines, such as `CC`. */
  readonly label: string;
  /** What it works on, for progress lines. */
  readonly description: string;
  readonly cwd: string;
  readonly steps: readonly Step[];
  /** Absolute paths or ids of groups: read by the commands, or waited for. */
  readonly inputs: readonly string[];
  /** Files that are read but that no prerequisite names: scripts and data that the command line mentions. */
  readonly implicit: readonly string[];
  /** Absolute paths or ids of groups that must be made first, without being read. */
  readonly orderOnly: readonly string[];
  readonly outputs: readonly string[];
  /** Programs whose change makes the action dirty, absolute paths. */
  readonly tools: readonly string[];
  /** The environment of the commands, complete. Shared between actions. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pool: Pool;
  readonly depfile?: Depfile;
  readonly includePath?: IncludePath;
  /** The generated header on which it depends only through the symbols that its sources mention. */
  readonly symbolHeader?: string;
  /** A folder that the action fills with files of which only some, or none, are named outputs. */
  readonly tree?: string;
  /** A phony target that makes no file: runs each time. */
  readonly always?: boolean;
  /** Outputs are kept when it fails (make's .PRECIOUS). */
  readonly precious?: boolean;
}

/** Whether an action only stands for others. */
export function isGroup(action: Action): boolean {
  return action.steps.length === 0;
}

/**
 * Canonical text of what an action runs, for its manifest: equal text, equal effect on equal inputs.
 */
export function commandText(action: Action): string {
  const lines = [`cd ${action.cwd}`];
  for (const step of action.steps) {
    switch (step.kind) {
      case 'shell':
        lines.push(`${step.ignoreErrors === true ? '-' : ''}${step.shell.join(' ')}: ${step.text}`);
        break;
      case 'script':
        lines.push(`${step.shell.join(' ')} ${step.file}: ${step.text}`);
        break;
      case 'folder':
        lines.push(`folder ${step.path}`);
        break;
      case 'write':
        lines.push(`${step.append ? 'append' : 'write'} ${step.path}: ${step.content}`);
        break;
      case 'native':
        lines.push(`${step.performer}: ${step.argument}`);
        break;
    }
  }
  return lines.join('\n');
}

const digests = new WeakMap<Action, Digest>();

/** Digest of an action's commandText, computed once, or remembered from the file that the action was read from. */
export function commandDigest(action: Action): Digest {
  let digest = digests.get(action);
  if (digest === undefined) digests.set(action, (digest = digestOfText(commandText(action))));
  return digest;
}

/** Tells the digest of an action that was stored with it, so that its text need not be put together. */
export function rememberCommandDigest(action: Action, digest: Digest): void {
  digests.set(action, digest);
}
