import {
  assign,
  parseAssignment,
  parseModifiedAssignment,
  type AssignmentContext,
  type Flavour,
  type Modifiers,
} from './assignment.ts';
import { Conditionals } from './conditionals.ts';
import { explain } from './explain.ts';
import { noteLoadable, readInclude } from './include.ts';
import type { LineSource } from './line-source.ts';
import { findUnquoted } from './quoting.ts';
import { collapseContinuations, findUnquotedOf } from './quoting.ts';
import { parsePattern, type Pattern } from './pattern.ts';
import { readRuleLine } from './rule-line.ts';
import { recordRule } from './rule-recorder.ts';
import type { Run } from './run.ts';
import { Rank, type Place, type Variable } from './variables.ts';
import { describeError } from './system-errors.ts';
import { endOfWord, skipSpaces, splitWords, trimEndBlanks } from './words.ts';
import { MakeStop } from './stop.ts';

/** The rule whose recipe is being collected. */
interface PendingRule {
  readonly targets: readonly string[];
  readonly grouped: boolean;
  readonly pattern: Pattern | undefined;
  readonly prerequisites: string | undefined;
  readonly doubleColon: boolean;
  readonly prefix: string;
  readonly place: Place;
  recipe: string;
  recipeLine: number;
}

/**
 * Reads one makefile, or one evaluated text: line by line, a rule being entered when the next statement shows that its
 * recipe is complete (manual, "Reading Makefiles").
 */
export class Reader {
  private readonly run: Run;
  private readonly source: LineSource;
  private readonly file: string;
  private readonly setsDefaultGoal: boolean;
  private readonly conditionals: Conditionals;
  private line: number;
  private place: Place;
  private rule: PendingRule | undefined;
  /** The rule line had no targets: its recipe is skipped. */
  private noTargets = false;
  private inIgnoredDefine = false;

  /** @param place where the text is: the first line of a file, or the line whose `$(eval)` gave the text */
  constructor(run: Run, source: LineSource, place: Place, setsDefaultGoal: boolean) {
    this.run = run;
    this.source = source;
    this.file = place.file;
    this.line = place.line;
    this.place = place;
    this.setsDefaultGoal = setsDefaultGoal;
    this.conditionals = new Conditionals(run.expander, (text, at) => run.messages.warn(text, at));
  }

  /** Reads everything; stops with MakeStop at what make would stop at. */
  read(): void {
    const { expander } = this.run;
    const savedReading = expander.reading;
    let lines = 0;
    for (let first = true; ; first = false) {
      this.advance(lines);
      expander.reading = this.place;
      let text = this.source.next();
      if (text === undefined) break;
      lines = this.source.lines;
      if (first && this.line === 1 && text.startsWith('\xef\xbb\xbf')) text = text.slice(3);
      if (text === '') continue;
      try {
        this.readLine(text);
      } catch (error) {
        if (error instanceof MakeStop && error.place?.line === this.place.line) explain(error, text);
        throw error;
      }
    }
    if (this.conditionals.open) expander.stop("missing 'endif'", this.place);
    this.recordRule();
    expander.reading = savedReading;
  }

  private advance(lines: number): void {
    if (lines === 0) return;
    this.line += lines;
    this.place = { file: this.file, line: this.line, offset: this.place.offset };
  }

  private readLine(text: string): void {
    const { run } = this;
    if (text.startsWith(run.recipePrefix)) {
      if (this.noTargets) return;
      if (this.rule !== undefined) {
        if (this.conditionals.ignoring) return;
        if (this.rule.recipe === '') this.rule.recipeLine = this.place.line;
        this.rule.recipe += `${text.slice(1)}\n`;
        return;
      }
    }
    let line = collapseContinuations(text, run.posix);
    if (line.includes('#')) line = withoutComment(line);
    const start = skipSpaces(line, 0);

    const modifiers = parseModifiedAssignment(line, start);
    if (modifiers !== undefined) {
      this.readAssignment(line, modifiers);
      return;
    }
    if (start >= line.length) return;
    const end = endOfWord(line, start);
    const word = line.slice(start, end);
    const rest = line.slice(skipSpaces(line, end));

    if (this.inIgnoredDefine) {
      if (word === 'endef' && (rest === '' || rest.startsWith('#'))) this.inIgnoredDefine = false;
      return;
    }
    if (Conditionals.isKeyword(word)) {
      this.conditionals.handle(word, rest, this.place);
      return;
    }
    if (this.conditionals.ignoring) return;
    switch (word) {
      case 'export':
      case 'unexport':
        this.recordRule();
        this.readExport(word === 'export', rest);
        return;
      case 'vpath':
        this.recordRule();
        this.readVpath(rest);
        return;
      case 'include':
      case '-include':
      case 'sinclude':
        this.recordRule();
        readInclude(run, rest, word !== 'include', this.setsDefaultGoal, this.place);
        run.expander.reading = this.place;
        return;
      case 'load':
      case '-load':
        this.readLoad(rest, word === '-load');
        return;
      default:
    }
    if (text.startsWith(run.recipePrefix)) {
      run.expander.stop('recipe commences before first target', this.place);
    }
    this.readRule(text);
  }

  private readAssignment(line: string, modifiers: Modifiers): void {
    if (this.conditionals.ignoring) {
      if (modifiers.kind === 'define') this.inIgnoredDefine = true;
      return;
    }
    this.recordRule();
    const { run } = this;
    const rank = modifiers.isOverride ? Rank.override : Rank.file;
    if (modifiers.kind === 'undefine') {
      const name = this.variableName(line.slice(modifiers.start), this.place);
      run.variables.undefine(name, rank);
      return;
    }
    const variable =
      modifiers.kind === 'define'
        ? this.readDefine(line.slice(modifiers.start), rank)
        : this.assignLine(line, modifiers.start, rank);
    if (modifiers.isExport) variable.exportState = 'export';
    if (modifiers.isPrivate) variable.isPrivate = true;
  }

  private assignLine(line: string, start: number, rank: Rank): Variable {
    const syntax = parseAssignment(line, start)!;
    const { expander } = this.run;
    const name = expander.expand(line.slice(syntax.nameStart, syntax.nameEnd));
    if (name === '') expander.stop('empty variable name', this.place);
    return assign(name, line.slice(syntax.valueStart), syntax.flavour, this.context(rank, this.place));
  }

  private context(rank: Rank, place: Place): AssignmentContext {
    const { run } = this;
    return { ...run.assignmentContext, place, rank };
  }

  /** The name behind `define` or `undefine`. */
  private variableName(text: string, place: Place): string {
    const { expander } = this.run;
    const expanded = expander.expand(text);
    const name = trimEndBlanks(expanded.slice(skipSpaces(expanded, 0)));
    if (name === '') expander.stop('empty variable name', place);
    return name;
  }

  /** `define name [op]` and the lines up to its `endef` (manual, "Multi-Line"). */
  private readDefine(header: string, rank: Rank): Variable {
    const { run } = this;
    const start = this.place;
    const syntax = parseAssignment(header, 0);
    let flavour: Flavour = 'recursive';
    let nameText = header;
    if (syntax !== undefined) {
      flavour = syntax.flavour;
      if (syntax.valueStart < header.length) {
        run.messages.warn("extraneous text after 'define' directive", start);
      }
      nameText = header.slice(syntax.nameStart, syntax.nameEnd);
    }
    const name = this.variableName(nameText, start);
    const body: string[] = [];
    let depth = 1;
    for (;;) {
      const text = this.source.next();
      if (text === undefined) {
        return run.expander.stop("missing 'endef', unterminated 'define'", start);
      }
      this.advance(this.source.lines);
      run.expander.reading = this.place;
      let line = collapseContinuations(text, run.posix);
      if (!line.startsWith(run.recipePrefix)) {
        const at = skipSpaces(line, 0);
        if (startsWithWord(line, at, 'define')) depth++;
        else if (startsWithWord(line, at, 'endef')) {
          const after = withoutComment(line.slice(at + 5));
          line = line.slice(0, at + 5) + after;
          if (skipSpaces(after, 0) < after.length) {
            run.messages.warn("extraneous text after 'endef' directive", this.place);
          }
          if (--depth === 0) break;
        }
      }
      body.push(line);
    }
    return assign(name, body.join('\n'), flavour, this.context(rank, start));
  }

  /** `export` and `unexport` without assignment (manual, "Variables/Recursion"). */
  private readExport(exported: boolean, rest: string): void {
    const { run } = this;
    if (rest === '') {
      run.exportAll = exported;
      return;
    }
    for (const name of splitWords(run.expander.expand(rest))) {
      const variable =
        run.variables.lookup(name) ?? run.variables.define(name, '', Rank.file, false, this.place);
      variable.exportState = exported ? 'export' : 'noexport';
    }
  }

  private readVpath(rest: string): void {
    const { run } = this;
    const text = run.expander.expand(rest);
    const patternStart = skipSpaces(text, 0);
    const patternEnd = endOfWord(text, patternStart);
    const pathStart = skipSpaces(text, patternEnd);
    run.vpath.add(
      patternStart === patternEnd ? undefined : text.slice(patternStart, patternEnd),
      pathStart < text.length ? text.slice(pathStart) : undefined,
    );
  }

  /** Nothing can be loaded here; an object that need not load is still one that has to be remade. */
  private readLoad(rest: string, optional: boolean): void {
    const { run } = this;
    this.recordRule();
    const { names } = run.names.parse(run.expander.expand(rest), { noArchives: true });
    for (const name of names) {
      if (!optional) {
        const problem = describeError('ENOENT');
        run.messages.warn(`${name}: cannot open shared object file: ${problem}`, this.place);
        run.expander.stop(`${name}: failed to load`, this.place);
      }
      noteLoadable(run, name);
    }
  }

  private readRule(text: string): void {
    const { run } = this;
    this.recordRule();
    const { place } = this;
    const line = readRuleLine(run, text, place);
    switch (line.kind) {
      case 'nothing':
        return;
      case 'no targets':
        this.noTargets = true;
        return;
      case 'variable':
        this.assignToTargets(line.targets, line.definition, line.modifiers);
        return;
      case 'rule':
        break;
      default:
        line satisfies never;
    }
    this.rule = {
      targets: line.targets,
      grouped: line.grouped,
      pattern: line.pattern,
      prerequisites: line.prerequisites,
      doubleColon: line.doubleColon,
      prefix: run.recipePrefix,
      place,
      recipe: line.recipe === undefined ? '' : `${line.recipe}\n`,
      recipeLine: place.line,
    };
    if (this.setsDefaultGoal) run.offerDefaultGoal(line.targets);
  }

  private assignToTargets(targets: readonly string[], definition: string, modifiers: Modifiers): void {
    const { run } = this;
    const context = this.context(modifiers.isOverride ? Rank.override : Rank.file, this.place);
    for (const target of targets) {
      const { text: name, index } = findUnquoted(target, '%');
      if (index >= 0) {
        run.targetVariables.assignToPattern(parsePattern(target), definition, modifiers, context);
      } else {
        run.targetVariables.assignTo(run.targets.lookupOrEnter(name), definition, modifiers, context);
      }
    }
  }

  private recordRule(): void {
    const { rule } = this;
    this.rule = undefined;
    this.noTargets = false;
    if (rule === undefined) return;
    recordRule(this.run, {
      targets: rule.targets,
      grouped: rule.grouped,
      pattern: rule.pattern,
      prerequisites: rule.prerequisites,
      recipe: rule.recipe,
      recipeLine: rule.recipeLine,
      doubleColon: rule.doubleColon,
      recipePrefix: rule.prefix,
      place: { ...rule.place, offset: 0 },
    });
  }
}

/** The line up to its comment; backslashes that quoted a `#` are gone. */
export function withoutComment(line: string): string {
  if (!line.includes('#')) return line;
  const { text, index } = findUnquotedOf(line, '#', true);
  return index < 0 ? text : text.slice(0, index);
}

function startsWithWord(line: string, at: number, word: string): boolean {
  if (!line.startsWith(word, at)) return false;
  const next = line[at + word.length];
  return next === undefined || next === ' ' || next === '\t';
}
