import type { MakeHost } from '../../engine/make/host.ts';
import { CaptureHost } from '../lowering/capture-host.ts';
import { namePattern, fillName } from './name-pattern.ts';
import { readWrittenMakefile, type WrittenAssignment } from './written-makefile.ts';

/** An evaluation came by an assignment whose name may be that of the variable that is followed. */
export interface Probed {
  readonly assignment: WrittenAssignment;
  /** `$(origin)` of the variable just before. */
  readonly originBefore: string;
  /** What the assignment's name came to: that of another variable where an option is off (`LIBX_SRCS-`). */
  readonly name: string;
}

const MARK = '\x01unigraph-probe ';

/**
 * Keeps the text of every file that is read, and can follow one variable: an evaluation that assigns to it says so.
 *
 * The database knows the last assignment and what was appended to it, not what was replaced or refused. So the text
 * that the evaluation gets has an `$(info …)` in front of the names that may be the variable's: it expands to
 * nothing, so the name stays what it is, and tells that the line was reached, and what the name came to.
 */
export class ProbingHost extends CaptureHost {
  readonly texts = new Map<string, string>();
  readonly #follow: string | undefined;
  readonly #probes: WrittenAssignment[] = [];
  #probed: Probed[] = [];

  constructor(behind: MakeHost, follow: string | undefined) {
    super(behind);
    // A name that the language itself would read differently cannot be asked for.
    this.#follow = follow !== undefined && /^[^\s$(){}:#=,]+$/.test(follow) ? follow : undefined;
  }

  get probed(): readonly Probed[] {
    return this.#probed;
  }

  override readFile(path: string): string | undefined {
    const text = super.readFile(path);
    if (text === undefined) return undefined;
    // The tree's Makefile runs itself in the build folder: what an outer run assigned is gone.
    if (/\/Makefile$/.test(path) && text.includes('sub_make_exec')) this.#probed = [];
    this.texts.set(path, text);
    return this.#follow === undefined ? text : this.#withProbes(path, text, this.#follow);
  }

  /** Takes in a line of `$(info)`. */
  told(line: string): void {
    if (!line.startsWith(MARK)) return;
    const [id, originBefore, ...name] = line.slice(MARK.length).split(';');
    const assignment = this.#probes[Number(id)];
    if (assignment !== undefined)
      this.#probed.push({ assignment, originBefore: originBefore!, name: name.join(';') });
  }

  #withProbes(path: string, text: string, follow: string): string {
    const chosen = readWrittenMakefile(path, text).assignments.filter(
      ({ name, isDeferred }) =>
        !isDeferred && (name === follow || (name.includes('$') && mayBecome(name, follow))),
    );
    let probed = '';
    let from = 0;
    for (const assignment of chosen) {
      const probe = `$(info ${MARK}${this.#probes.length};$(origin ${follow});${assignment.name})`;
      probed += text.slice(from, assignment.offset) + probe;
      from = assignment.offset;
      this.#probes.push(assignment);
    }
    return probed + text.slice(from);
  }
}

/**
 * Whether a written name may come to be `wanted`. `LIBX_SRCS-$(CONFIG_Y)` goes to `LIBX_SRCS-` when Y is off, and is
 * one that might have gone to `LIBX_SRCS-y`; `$(1)` says nothing.
 */
function mayBecome(written: string, wanted: string): boolean {
  return namePattern(fillName(written, () => undefined)).test(wanted);
}
