import type { Expander } from './expander.ts';
import type { Place } from './variables.ts';
import { endOfWord, isBlank, skipSpaces, trimEndBlanks } from './words.ts';

const keywords: ReadonlySet<string> = new Set(['ifdef', 'ifndef', 'ifeq', 'ifneq', 'else', 'endif']);

/** 0: taken, 1: not taken so far, 2: an earlier branch was taken. */
type Branch = 0 | 1 | 2;

/** The nested conditionals of one makefile or evaluated text (manual, "Conditional Syntax"). */
export class Conditionals {
  /** What was last known of each level, closed ones included: see `processElse`. */
  private readonly branches: Branch[] = [];
  private readonly seenElse: boolean[] = [];
  private depth = 0;
  private readonly expander: Expander;
  private readonly warn: (text: string, place: Place | undefined) => void;

  constructor(expander: Expander, warn: (text: string, place: Place | undefined) => void) {
    this.expander = expander;
    this.warn = warn;
  }

  get open(): boolean {
    return this.depth > 0;
  }

  /** Lines are to be skipped. */
  get ignoring(): boolean {
    for (let level = 0; level < this.depth; level++) if (this.branches[level] !== 0) return true;
    return false;
  }

  static isKeyword(word: string): boolean {
    return keywords.has(word);
  }

  /** Handles one line that begins with a keyword; stops at wrong syntax. */
  handle(keyword: string, rest: string, place: Place | undefined): void {
    if (!this.process(keyword, rest, place)) {
      this.expander.stop('invalid syntax in conditional', place);
    }
  }

  /** @returns false if the syntax is wrong */
  private process(keyword: string, rest: string, place: Place | undefined): boolean {
    switch (keyword) {
      case 'endif':
        if (rest !== '') this.extraText(keyword, place);
        if (!this.open) this.expander.stop("extraneous 'endif'", place);
        this.depth--;
        return true;
      case 'else':
        this.processElse(rest, place);
        return true;
      default:
        return this.processIf(keyword, rest, place);
    }
  }

  private extraText(keyword: string, place: Place | undefined): void {
    this.warn(`extraneous text after '${keyword}' directive`, place);
  }

  private processElse(rest: string, place: Place | undefined): void {
    if (!this.open) this.expander.stop("extraneous 'else'", place);
    const level = this.depth - 1;
    if (this.seenElse[level] === true) this.expander.stop("only one 'else' per conditional", place);
    const branch = this.branches[level]!;
    this.branches[level] = branch === 0 ? 2 : branch === 1 ? 0 : 2;
    if (rest === '') {
      this.seenElse[level] = true;
      return;
    }
    // `else ifeq …`: a conditional of its own, which then takes this level's place.
    const end = endOfWord(rest, 1);
    const keyword = rest.slice(0, end);
    const nested =
      keywords.has(keyword) &&
      keyword !== 'else' &&
      keyword !== 'endif' &&
      this.process(keyword, rest.slice(skipSpaces(rest, end)), place);
    if (!nested) {
      // GNU make has opened the level of an invalid condition and leaves it open, as it last was.
      this.extraText('else', place);
      return;
    }
    if (this.branches[level] < 2) this.branches[level] = this.branches[level + 1]!;
    this.depth--;
  }

  private processIf(keyword: string, rest: string, place: Place | undefined): boolean {
    const ignoring = this.ignoring;
    const level = this.depth++;
    this.seenElse[level] = false;
    if (ignoring) {
      this.branches[level] = 1;
      return true;
    }
    // Before a level's first condition is known, GNU make has there what the memory held: hardly ever 0.
    this.branches[level] ??= 2;
    const truth =
      keyword === 'ifdef' || keyword === 'ifndef' ? this.isDefined(rest) : this.isEqual(keyword, rest, place);
    if (truth === undefined) return false;
    const wanted = keyword === 'ifdef' || keyword === 'ifeq';
    this.branches[level] = truth === wanted ? 0 : 1;
    return true;
  }

  private isDefined(rest: string): boolean | undefined {
    const name = this.expander.expand(rest);
    const end = endOfWord(name, 0);
    if (skipSpaces(name, end) < name.length) return undefined;
    const variable = this.expander.variables.lookup(name.slice(0, end));
    return variable !== undefined && variable.value !== '';
  }

  private isEqual(keyword: string, line: string, place: Place | undefined): boolean | undefined {
    const opening = line[0];
    if (opening !== '(' && opening !== '"' && opening !== "'") return undefined;
    const end = opening === '(' ? closingComma(line) : line.indexOf(opening, 1);
    if (end < 0) return undefined;
    let first = line.slice(1, end);
    if (opening === '(') first = trimEndBlanks(first);
    first = this.expander.expand(first);

    let at = end + 1;
    if (opening !== '(') at = skipSpaces(line, at);
    const closing = opening === '(' ? ')' : line[at];
    if (closing !== ')' && closing !== '"' && closing !== "'") return undefined;
    let start: number;
    let last: number;
    if (closing === ')') {
      start = skipSpaces(line, at);
      last = closingParenthesis(line, start);
    } else {
      start = at + 1;
      last = line.indexOf(closing, start);
    }
    if (last < 0) return undefined;
    if (skipSpaces(line, last + 1) < line.length) this.extraText(keyword, place);
    return first === this.expander.expand(line.slice(start, last));
  }
}

/** The comma between the arguments of `ifeq (a,b)`, outside of parentheses. */
function closingComma(line: string): number {
  let depth = 0;
  for (let index = 1; index < line.length; index++) {
    const char = line[index];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ',' && depth <= 0) return index;
  }
  return -1;
}

function closingParenthesis(line: string, from: number): number {
  let depth = 0;
  for (let index = from; index < line.length; index++) {
    const char = line[index];
    if (char === '(') depth++;
    else if (char === ')' && depth-- <= 0) return index;
  }
  return -1;
}

/** Blanks and tabs do not change what a line is. */
export function isBlankLine(line: string): boolean {
  for (let index = 0; index < line.length; index++) if (!isBlank(line.charCodeAt(index))) return false;
  return true;
}
