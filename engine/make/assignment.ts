import type { Expander } from './expander.ts';
import { skipReference } from './quoting.ts';
import type { Rank } from './variables.ts';
import { type Place, type TargetScope, type Variable } from './variables.ts';
import { isBlank, skipSpaces } from './words.ts';

/** The assignment operators: `=`, `:=` and `::=`, `?=`, `+=`, `!=`. */
export type Flavour = 'recursive' | 'simple' | 'conditional' | 'append' | 'shell';

export const operators: Readonly<Record<Flavour, string>> = {
  recursive: '=',
  simple: ':=',
  conditional: '?=',
  append: '+=',
  shell: '!=',
};

/** A text recognized as an assignment; indexes into it. */
export interface AssignmentSyntax {
  readonly nameStart: number;
  readonly nameEnd: number;
  /** The character after the operator. */
  readonly operatorEnd: number;
  /** The first character of the value, or the end. */
  readonly valueStart: number;
  readonly flavour: Flavour;
}

const EQUALS = 61;
const COLON = 58;

/**
 * Recognizes `name op value`: no blank inside the name, except in variable references (manual, "Setting").
 * @returns undefined if the text is no assignment
 */
export function parseAssignment(text: string, from: number): AssignmentSyntax | undefined {
  const nameStart = skipSpaces(text, from);
  const { length } = text;
  let index = nameStart;
  let nameEnd = -1;
  const found = (operatorStart: number, operatorEnd: number, flavour: Flavour): AssignmentSyntax => ({
    nameStart,
    nameEnd: nameEnd >= 0 ? nameEnd : operatorStart,
    operatorEnd,
    valueStart: skipSpaces(text, operatorEnd),
    flavour,
  });
  for (;;) {
    if (index >= length) return undefined;
    let code = text.charCodeAt(index);
    if (code === 35) return undefined; // #
    if (code === 36) {
      // $
      if (index + 1 >= length) return undefined;
      index = skipReference(text, index);
      continue;
    }
    const blank = isBlank(code);
    if (blank) {
      nameEnd = index;
      index = skipSpaces(text, index);
      if (index >= length) return undefined;
      code = text.charCodeAt(index);
    }
    if (code === EQUALS) return found(index, index + 1, 'recursive');
    const next = text.charCodeAt(index + 1);
    if (next === EQUALS) {
      if (code === COLON) return found(index, index + 2, 'simple');
      if (code === 43) return found(index, index + 2, 'append'); // +
      if (code === 63) return found(index, index + 2, 'conditional'); // ?
      if (code === 33) return found(index, index + 2, 'shell'); // !
      if (blank) return undefined;
      index++;
      continue;
    }
    if (code === COLON) {
      if (next !== COLON || text.charCodeAt(index + 2) !== EQUALS) return undefined;
      return found(index, index + 3, 'simple');
    }
    if (blank) return undefined;
    index++;
  }
}

/** What stood in front of an assignment. */
export interface Modifiers {
  readonly isExport: boolean;
  readonly isOverride: boolean;
  readonly isPrivate: boolean;
  readonly kind: 'assignment' | 'define' | 'undefine';
  /** Where the assignment, or the name after `define` or `undefine`, begins. */
  readonly start: number;
}

/**
 * Recognizes an assignment, `define` or `undefine` behind any of `export`, `override` and `private`. A word that is
 * itself assigned to is a variable, not a directive.
 */
export function parseModifiedAssignment(line: string, from: number): Modifiers | undefined {
  let start = skipSpaces(line, from);
  let isExport = false;
  let isOverride = false;
  let isPrivate = false;
  while (start < line.length) {
    if (parseAssignment(line, start) !== undefined) {
      return { isExport, isOverride, isPrivate, kind: 'assignment', start };
    }
    let end = start;
    while (end < line.length && !isSpaceAt(line, end)) end++;
    const next = skipSpaces(line, end);
    switch (line.slice(start, end)) {
      case 'export':
        isExport = true;
        break;
      case 'override':
        isOverride = true;
        break;
      case 'private':
        isPrivate = true;
        break;
      case 'define':
        return { isExport, isOverride, isPrivate, kind: 'define', start: next };
      case 'undefine':
        return { isExport, isOverride, isPrivate, kind: 'undefine', start: next };
      default:
        return undefined;
    }
    start = next;
  }
  return undefined;
}

function isSpaceAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 32 || (code >= 9 && code <= 13);
}

/** Where and how a variable is assigned to. */
export interface AssignmentContext {
  readonly expander: Expander;
  readonly place: Place | undefined;
  readonly rank: Rank;
  /** A target's variables instead of the global ones. */
  readonly scope?: TargetScope;
  /** Keep each assignment for `VariableView.assignments`. */
  readonly record?: boolean;
  /** Called after `.RECIPEPREFIX` changed. */
  readonly onSpecial?: (variable: Variable) => void;
}

/**
 * Assigns (manual, "Flavors", "Appending", "Conditional Assignment").
 * @param value unexpanded
 * @param plain `+=` takes the value as it is, unexpanded even if the variable is simple
 * @returns the variable; unchanged if one of greater strength has the name
 */
export function assign(
  name: string,
  value: string,
  flavour: Flavour,
  context: AssignmentContext,
  plain = false,
): Variable {
  const { expander, scope, place, rank } = context;
  const { variables } = expander;
  let text = value;
  let recursive = true;
  let append = false;
  let existing: Variable | undefined;
  switch (flavour) {
    case 'simple':
      text = expander.expand(value);
      recursive = false;
      break;
    case 'shell':
      text = expander.services.shell(expander.expand(value), false);
      break;
    case 'conditional':
      existing = variables.lookup(name);
      if (existing !== undefined) return finish(existing, context);
      break;
    case 'append':
      if (scope !== undefined) {
        existing = scope.variables.get(name);
        append = existing === undefined || existing.append;
      } else {
        existing = variables.lookup(name);
      }
      if (existing === undefined) break;
      recursive = existing.recursive;
      if (!recursive && !plain) text = expander.expand(value);
      if (text === '') return finish(existing, context);
      // V8 keeps such a sum as a rope: a thousand appends cost a thousand steps.
      if (existing.value !== '') text = `${existing.value} ${text}`;
      break;
    case 'recursive':
      break;
    default:
      flavour satisfies never;
  }
  const variable = variables.define(name, text, rank, recursive, place, scope);
  variable.append = append;
  if (context.record === true && place !== undefined) {
    const entry = { file: place.file, line: place.line, operator: operators[flavour], text: value };
    if (flavour === 'append' && variable.assignments !== undefined) variable.assignments.push(entry);
    else variable.assignments = [entry];
  }
  return finish(variable, context);
}

function finish(variable: Variable, context: AssignmentContext): Variable {
  if (variable.special) context.onSpecial?.(variable);
  return variable;
}
