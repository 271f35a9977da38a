import { Archives } from './archive.ts';
import type { AssignmentContext } from './assignment.ts';
import { DebugLevels } from './debug.ts';
import { Directories } from './directories.ts';
import { Expander } from './expander.ts';
import { FileNames } from './file-names.ts';
import { defaultFlags, type MakeFlags } from './flags.ts';
import type { MakeHost } from './host.ts';
import type { ReadFile } from './include.ts';
import { Messages, type Output } from './output.ts';
import { PatternRules } from './pattern-rules.ts';
import { Services } from './services.ts';
import { TargetTable, type Target } from './target.ts';
import { TargetVariables } from './target-variables.ts';
import { Rank, Variables, type Place, type Variable, type VariableObserver } from './variables.ts';
import { Vpath } from './vpath.ts';

/** What a run needs from outside. Strings are byte strings. */
export interface RunOptions {
  readonly host: MakeHost;
  /** Where the run takes place, `-C` already obeyed; absolute. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The command line: options, assignments, goals. */
  readonly argv: readonly string[];
  /** Options that are set before the command line is looked at. */
  readonly flags: Partial<MakeFlags>;
  /** The name in messages. */
  readonly program: string;
  /** `$(MAKE_COMMAND)` */
  readonly makeCommand: string;
  readonly output: Output;
  readonly onInfo?: ((text: string, place: Place | undefined) => void) | undefined;
  readonly onWarning?: ((text: string, place: Place | undefined) => void) | undefined;
  readonly skipInclude?: ((path: string) => boolean) | undefined;
  readonly observer?: VariableObserver | undefined;
  readonly recordAssignments?: boolean | undefined;
  readonly nativeShell?: boolean | undefined;
  /** How often the makefiles were remade and read again. */
  readonly restarts?: number;
  /** Called when the command line has been decoded, before anything else. */
  readonly afterCommandLine?: (run: Run) => void;
}

/** What all parts of one run of make share: its options, variables, targets and rules. */
export class Run {
  readonly options: RunOptions;
  readonly host: MakeHost;
  readonly cwd: string;
  readonly flags: MakeFlags;
  readonly messages: Messages;
  readonly debug: DebugLevels;
  readonly variables = new Variables();
  readonly services: Services;
  readonly expander: Expander;
  readonly directories: Directories;
  readonly names: FileNames;
  readonly targets = new TargetTable();
  readonly patternRules = new PatternRules();
  readonly targetVariables: TargetVariables;
  readonly vpath: Vpath;
  readonly archives: Archives;
  /** MAKELEVEL, once the command line is decoded. */
  level = 0;
  readonly restarts: number;
  /** Targets named on the command line. */
  readonly goals: Target[] = [];
  /** Makefiles in the order in which reading them began. */
  readonly readFiles: ReadFile[] = [];
  includeDirectories: string[] = [];
  includeDepth = 0;
  /** `.SUFFIXES` and `.DEFAULT`; set before makefiles are read. */
  suffixTarget!: Target;
  defaultTarget: Target | undefined;
  recipePrefix = '\t';
  posix = false;
  secondExpansion = false;
  oneShell = false;
  /** `export` alone, or `.EXPORT_ALL_VARIABLES`. */
  exportAll = false;
  notParallel = false;
  /** `.SECONDARY` without prerequisites. */
  allSecondary = false;
  /** Reading is over; rules can no longer be added. */
  snapped = false;
  /** -B, unless the makefiles were already remade because of it. */
  alwaysMake = false;
  /** -s, or `.SILENT` without prerequisites. */
  silent = false;
  /** SHELL as the environment had it, which recipes see unless the makefile exports its own. */
  shellFromEnvironment: string | undefined;
  /** Variables set on the command line or in MAKEFLAGS, the last first. */
  readonly commandVariables: Variable[] = [];
  readonly assignmentContext: AssignmentContext;
  /** `-j` as the command line, or MAKEFLAGS in a makefile, gave it. */
  jobsOnCommandLine: number | undefined;
  jobsInMakefile: number | undefined;

  constructor(options: RunOptions) {
    this.options = options;
    this.host = options.host;
    this.cwd = options.cwd;
    this.flags = { ...copyOf(defaultFlags()), ...copyOf(options.flags) };
    this.restarts = options.restarts ?? 0;
    this.messages = new Messages(options.output, options.program, options.onWarning);
    this.debug = new DebugLevels(options.output);
    this.variables.observer = options.observer;
    this.services = new Services(this);
    this.expander = new Expander(this.variables, this.services);
    this.directories = new Directories(this.host, this.cwd);
    this.names = new FileNames(
      this.directories,
      this.host,
      (user) => this.services.homeDirectory(user),
      (archive, pattern) => this.archives.glob(archive, pattern),
    );
    this.targetVariables = new TargetVariables(this.expander);
    this.archives = new Archives(this);
    this.vpath = new Vpath(this.directories, this.host, this.targets);
    this.assignmentContext = {
      expander: this.expander,
      place: undefined,
      rank: Rank.file,
      record: options.recordAssignments === true,
      onSpecial: (variable) => {
        if (variable.name === '.RECIPEPREFIX') this.recipePrefix = variable.value[0] ?? '\t';
      },
    };
  }

  /** How deep this make is in others, which its messages show; the command line may say so too. */
  findLevel(): void {
    const level = Number.parseInt(this.variables.global('MAKELEVEL')?.value ?? '', 10);
    this.level = Number.isNaN(level) || level < 0 ? 0 : level;
    if (this.level > 0) this.messages.program = `${this.options.program}[${this.level}]`;
  }

  /** Expands in the context of a target; messages point to its recipe. */
  expandForTarget(text: string, target: Target): string {
    if (!text.includes('$')) return text;
    const { expander } = this;
    const saved = expander.reading;
    expander.reading = target.recipe?.place;
    try {
      return expander.expandIn(target.variables, text);
    } finally {
      expander.reading = saved;
    }
  }

  /** Expands while `--warn-undefined-variables` keeps quiet. */
  expandQuietly(text: string): string {
    const { expander } = this;
    const saved = expander.warnUndefinedVariables;
    expander.warnUndefinedVariables = false;
    try {
      return expander.expand(text);
    } finally {
      expander.warnUndefinedVariables = saved;
    }
  }

  /**
   * Makes the first of some targets the default goal, if there is none yet: not a pattern, not a name with a dot in
   * front (unless it has a slash), not a suffix rule (manual, "Goals").
   */
  offerDefaultGoal(targets: readonly string[]): void {
    if (this.variables.global('.DEFAULT_GOAL')?.value !== '') return;
    for (const name of targets) {
      if (name.includes('%')) return;
      if (name.startsWith('.') && !name.includes('/')) continue;
      if (this.isSuffixRule(name)) continue;
      this.variables.define('.DEFAULT_GOAL', name, Rank.file, false);
      return;
    }
  }

  private isSuffixRule(name: string): boolean {
    const suffixes = this.suffixTarget.dependencies;
    return suffixes.some(
      (first) =>
        (!first.name.startsWith('.') && first.name === name) ||
        suffixes.some(
          (second) => name.startsWith(second.name) && name.slice(second.name.length) === first.name,
        ),
    );
  }
}

/** Lists are changed by the run; the caller's stay. */
function copyOf<T extends Partial<MakeFlags>>(flags: T): T {
  return Object.fromEntries(
    Object.entries(flags).map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]),
  ) as T;
}
