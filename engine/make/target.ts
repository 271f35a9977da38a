import { HashOrder, hashString } from './hash-order.ts';
import type { TargetScope } from './variables.ts';
import type { RecipeText } from './recipe.ts';

/** How far a target's recipe has come; later states are greater. */
export const State = { notStarted: 0, dependenciesRunning: 1, running: 2, finished: 3 } as const;
export type State = (typeof State)[keyof typeof State];

/** What remaking a target led to; of several, the greatest counts. `none`: not yet known. */
export const Status = { success: 0, none: 1, question: 2, failed: 3 } as const;
export type Status = (typeof Status)[keyof typeof Status];

/** Times in milliseconds, and marks that compare with them as GNU Make's do. */
export const Mtime = {
  unknown: -3,
  missing: -2,
  /** Older than every file (`-o`). */
  old: -1,
  /** Newer than every file (`-W`). */
  newest: Number.MAX_VALUE,
} as const;

/** One prerequisite of a target or of a pattern rule. */
export class Dependency {
  /** The name as read, until it has a target; prerequisites that are expanded a second time keep their text here. */
  text: string | undefined;
  target: Target | undefined;
  /** The stem of the static pattern rule that it comes from. */
  stem: string | undefined;
  orderOnly = false;
  /** From `.EXTRA_PREREQS`: not in automatic variables. */
  hidden = false;
  staticPattern = false;
  needsSecondExpansion = false;
  /** Newer than the target, or remade; for pattern rules: found by a terminal rule. */
  changed = false;
  /** Dropped as circular: what stood behind it in the list then. */
  behind: Dependency | undefined;

  constructor(text: string | undefined, target?: Target) {
    this.text = text;
    this.target = target;
  }

  get name(): string {
    return this.target?.name ?? this.text ?? '';
  }

  copy(): Dependency {
    const copy = new Dependency(this.text, this.target);
    copy.stem = this.stem;
    copy.orderOnly = this.orderOnly;
    copy.hidden = this.hidden;
    copy.staticPattern = this.staticPattern;
    copy.needsSecondExpansion = this.needsSecondExpansion;
    copy.changed = this.changed;
    return copy;
  }
}

/** A file or name that rules mention. */
export class Target {
  name: string;
  /** The name under which the table has it; changes when VPATH finds it elsewhere. */
  key: string;
  vpath: string | undefined;
  dependencies: Dependency[] = [];
  recipe: RecipeText | undefined;
  stem: string | undefined;
  /** Targets that the same run of the recipe makes. */
  alsoMakes: Target[] = [];
  /** The first of a double-colon target's rules; itself for the first. */
  doubleColon: Target | undefined;
  /** The next rule of a double-colon target. */
  next: Target | undefined;
  /** What this target was merged into when VPATH renamed it. */
  renamed: Target | undefined;
  variables: TargetScope | undefined;
  patternVariables: TargetScope | undefined;
  patternsSearched = false;
  /** The target that needs this one; its variables show here. */
  parent: Target | undefined;
  mtime: number = Mtime.unknown;
  mtimeBeforeUpdate: number = Mtime.unknown;
  status: Status = Status.none;
  state: State = State.notStarted;
  /** The pass over the goals in which it was last looked at. */
  considered = 0;
  silent = false;
  ignoreErrors = false;
  builtin = false;
  precious = false;
  lowResolutionTime = false;
  triedImplicit = false;
  updating = false;
  updated = false;
  isTarget = false;
  /** Named on the command line. */
  isGoal = false;
  phony = false;
  intermediate = false;
  secondary = false;
  /** No message if it cannot be made. */
  dontCare = false;
  /** It failed without message, because nobody cared then. */
  undiagnosed = false;
  ignoreVpath = false;

  constructor(name: string) {
    this.name = name;
    this.key = name;
  }

  /** This rule and the further double-colon rules of the same name. */
  *rules(): Iterable<Target> {
    yield this;
    for (let rule = this.next; rule !== undefined; rule = rule.next) yield rule;
  }
}

/** Marks a target as one whose prerequisites are being looked at: to meet it again there is to go in a circle. */
export function setUpdating(target: Target, updating: boolean): void {
  (target.doubleColon ?? target).updating = updating;
}

export function isUpdating(target: Target): boolean {
  return (target.doubleColon ?? target).updating;
}

/** Any rule of a target, or what it depends on, is being run. */
export function isRunning(target: Target): boolean {
  for (const rule of (target.doubleColon ?? target).rules()) {
    if (rule.state === State.running || rule.state === State.dependenciesRunning) return true;
  }
  return false;
}

/** Sets the state of a target, and of those that the same recipe makes if it is further. */
export function setState(target: Target, state: State): void {
  target.state = state;
  for (const other of target.alsoMakes) if (state > other.state) other.state = state;
}

/** All targets by name. */
export class TargetTable {
  private readonly table = new Map<string, Target>();
  /** GNU Make creates this table with 1,007 buckets. */
  private readonly order = new HashOrder(hashString, 1007);

  /** @param name with or without `./` in front */
  lookup(name: string): Target | undefined {
    const direct = this.table.get(name);
    if (direct !== undefined || !name.startsWith('./')) return direct;
    let bare = name;
    while (bare.startsWith('./') && bare.length > 2) bare = bare.slice(2).replace(/^\/+/, '');
    return this.table.get(bare === '' ? './' : bare);
  }

  /** Finds or makes; for a double-colon target makes a further rule. */
  enter(name: string): Target {
    const known = this.table.get(name);
    if (known !== undefined && known.doubleColon === undefined) {
      known.builtin = false;
      return known;
    }
    const made = new Target(name);
    if (known === undefined) {
      this.table.set(name, made);
      this.order.insert(name);
    } else {
      made.doubleColon = known;
      let last = known;
      while (last.next !== undefined) last = last.next;
      last.next = made;
    }
    return made;
  }

  lookupOrEnter(name: string): Target {
    return this.lookup(name) ?? this.enter(name);
  }

  remove(target: Target): void {
    this.table.delete(target.key);
    this.order.delete(target.key);
  }

  insert(target: Target): void {
    this.table.set(target.key, target);
    this.order.insert(target.key);
  }

  get(key: string): Target | undefined {
    return this.table.get(key);
  }

  /** In the order in which they were first mentioned. */
  names(): IterableIterator<string> {
    return this.table.keys();
  }

  all(): IterableIterator<Target> {
    return this.table.values();
  }

  /** True if the first rule of any target is such. */
  some(test: (target: Target) => boolean): boolean {
    for (const target of this.table.values()) if (test(target)) return true;
    return false;
  }

  /** In the order of GNU Make's table; the first rule of each. */
  inTableOrder(): readonly Target[] {
    return this.order.keys().map((key) => this.table.get(key)!);
  }
}
