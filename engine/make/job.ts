import type { ChildProcess } from 'node:child_process';
import type { ShellSettings } from './command-argv.ts';
import type { OutputBuffer } from './console.ts';
import type { RecipeText } from './recipe.ts';
import type { Target } from './target.ts';

let jobsMade = 0;

/** A recipe that is being run. */
export class Job {
  readonly target: Target;
  readonly recipe: RecipeText;
  readonly lines: readonly string[];
  readonly settings: ShellSettings;
  readonly dontCare: boolean;
  readonly buffer: OutputBuffer;
  environment: Record<string, string> | undefined;
  /** Index of the line that `rest` is the end of, plus one. */
  line = 0;
  rest = '';
  process: ChildProcess | undefined;
  path: string | undefined;
  /** The command could not be started. */
  broken = false;
  ignoreErrors = false;
  recursive = false;
  hasStdin = false;
  deleted = false;
  usesSlot = false;
  private readonly number = ++jobsMade;

  constructor(
    target: Target,
    recipe: RecipeText,
    lines: readonly string[],
    settings: ShellSettings,
    buffer: OutputBuffer,
  ) {
    this.target = target;
    this.recipe = recipe;
    this.lines = lines;
    this.settings = settings;
    this.dontCare = target.dontCare;
    this.buffer = buffer;
  }

  /** How `--debug=j` names it: by an address, in a program that has addresses. */
  get id(): string {
    return `0x${this.number.toString(16).padStart(12, '0')}`;
  }

  get pid(): number {
    return this.process?.pid ?? -1;
  }

  /** Moves on to the next command text. @returns false if there is none */
  advance(): boolean {
    while (this.rest === '') {
      if (this.line >= this.lines.length) {
        this.recipe.offset = 0;
        return false;
      }
      this.rest = this.lines[this.line++]!;
    }
    this.recipe.offset = this.line - 1;
    return true;
  }
}
