import type { Location } from '../../engine/location.ts';
import { parseAssignment, parseModifiedAssignment } from '../../engine/make/assignment.ts';
import { skipReference } from '../../engine/make/quoting.ts';
import { scanReferences, type WrittenReference } from './written-references.ts';

/** An assignment as it stands in a makefile, whether or not an evaluation comes by. All texts are byte strings. */
export interface WrittenAssignment {
  /** The place of the name's first character; `line` is that of the logical line. */
  readonly location: Location;
  /** As written: `LIBX_SRCS-$(CONFIG_Y)`. */
  readonly name: string;
  readonly operator: '=' | ':=' | '?=' | '+=' | '!=' | 'define' | 'undefine';
  /** Unexpanded, continuation lines and comment included; empty for `define`. */
  readonly text: string;
  readonly isOverride: boolean;
  /** `export NAME = …`: recipes' programs may read it. */
  readonly isExport: boolean;
  /** Inside a `define` or an `$(eval …)`: what is assigned to shows only when that is expanded. */
  readonly isDeferred: boolean;
  /** Index of the name in the file's text. */
  readonly offset: number;
  /** Conditions that it stands under, outermost first, as written: `ifeq ($(CONFIG_X),y)`. */
  readonly conditions: readonly string[];
}

/** What a makefile says, without evaluating it. */
export interface WrittenMakefile {
  readonly file: string;
  readonly assignments: readonly WrittenAssignment[];
  readonly references: readonly WrittenReference[];
}

const CONDITIONAL = /^(?:ifeq|ifneq|ifdef|ifndef|else|endif)\b/;
const OPERATORS = { recursive: '=', simple: ':=', conditional: '?=', append: '+=', shell: '!=' } as const;

/**
 * Reads a makefile as text: every assignment and every reference in it, branches that are not taken and bodies of
 * macros included. What only an evaluation can know (computed names) stays as it is written.
 */
export function readWrittenMakefile(file: string, text: string): WrittenMakefile {
  const assignments: WrittenAssignment[] = [];
  const references: WrittenReference[] = [];
  const conditions: string[] = [];
  let defineDepth = 0;
  let macro: string | undefined;
  let isRuleOpen = false;
  let line = 1;
  for (let start = 0; start < text.length;) {
    const end = endOfLogicalLine(text, start);
    const raw = withoutComment(text.slice(start, end));
    const lineNumber = line;
    const lineStart = start;
    start = end + 1;
    for (let at = lineStart; at < start; at++) if (text.charCodeAt(at) === 10) line++;
    const at = raw.search(/\S/);
    if (at < 0) continue;
    const place = (offset: number): Location => placeOf(file, lineNumber, raw, offset);
    const note = (from: number, deferred: boolean): boolean => {
      const modifiers = parseModifiedAssignment(raw, from);
      if (modifiers === undefined) return false;
      const { start: nameAt, isOverride, isExport, kind } = modifiers;
      const syntax = kind === 'assignment' ? parseAssignment(raw, nameAt) : undefined;
      const header = kind === 'define' ? /^[^\s=]*[^\s:?+!=]/.exec(raw.slice(nameAt)) : undefined;
      assignments.push({
        location: place(nameAt),
        name:
          syntax !== undefined
            ? raw.slice(syntax.nameStart, syntax.nameEnd)
            : (header?.[0] ?? raw.slice(nameAt).trim()),
        operator: syntax === undefined ? (kind as 'define' | 'undefine') : OPERATORS[syntax.flavour],
        text: syntax === undefined ? '' : raw.slice(syntax.valueStart),
        isOverride,
        isExport,
        isDeferred: deferred,
        offset: lineStart + nameAt,
        conditions: [...conditions],
      });
      return true;
    };
    const evals = (): void => {
      for (const [from, to] of evaluations(raw)) noteEvaluated(raw.slice(from, to), from);
    };
    const noteEvaluated = (inner: string, from: number): void => {
      const modifiers = parseModifiedAssignment(inner, 0);
      if (modifiers === undefined || modifiers.kind !== 'assignment') return;
      const syntax = parseAssignment(inner, modifiers.start)!;
      assignments.push({
        location: place(from + syntax.nameStart),
        name: inner.slice(syntax.nameStart, syntax.nameEnd),
        operator: OPERATORS[syntax.flavour],
        text: inner.slice(syntax.valueStart),
        isOverride: modifiers.isOverride,
        isExport: modifiers.isExport,
        isDeferred: true,
        offset: lineStart + from + syntax.nameStart,
        conditions: [...conditions],
      });
    };
    scanReferences(raw, (name, kind, offset) =>
      references.push({ name, kind, location: place(offset), ...(macro !== undefined && { macro }) }),
    );
    evals();
    const word = /^\S*/.exec(raw.slice(at))![0];
    if (defineDepth > 0) {
      if (word === 'endef') {
        if (--defineDepth === 0) macro = undefined;
      } else if (word === 'define') defineDepth++;
      else note(at, true);
      continue;
    }
    if (raw.startsWith('\t') && isRuleOpen) continue;
    const conditional = CONDITIONAL.exec(raw.slice(at))?.[0];
    if (conditional !== undefined && parseAssignment(raw, at) === undefined) {
      const condition = raw.slice(at).trim();
      if (conditional === 'endif') conditions.pop();
      else if (conditional === 'else') {
        const before = conditions.pop() ?? '';
        conditions.push(condition === 'else' ? `else of ${before.replace(/^else (?:of )?/, '')}` : condition);
      } else conditions.push(condition);
      const defined = /^ifn?def\s+([^\s$]+)/.exec(condition.replace(/^else\s+/, ''))?.[1];
      if (defined !== undefined)
        references.push({ name: defined, kind: 'reference', location: place(raw.indexOf(defined, at)) });
      continue;
    }
    if (note(at, false)) {
      isRuleOpen = false;
      const last = assignments.at(-1)!;
      if (last.operator === 'define') {
        defineDepth = 1;
        macro = last.name;
      }
      continue;
    }
    if (word === 'export' || word === 'unexport') {
      for (const { index, 0: name } of raw.slice(at + word.length).matchAll(/\S+/g))
        references.push({ name, kind: 'reference', location: place(at + word.length + index) });
    }
    isRuleOpen = /[^$]:|^:/.test(raw.replace(/\$[({][^()]*[)}]/g, 'x')) || isRuleOpen;
    if (/^(?:-?include|sinclude|export|unexport|vpath)$/.test(word)) isRuleOpen = false;
  }
  return { file, assignments, references };
}

/** Index of the newline that ends the logical line, or the end. */
function endOfLogicalLine(text: string, start: number): number {
  for (let newline = text.indexOf('\n', start); newline >= 0; newline = text.indexOf('\n', newline + 1)) {
    let backslashes = 0;
    while (text.charAt(newline - 1 - backslashes) === '\\') backslashes++;
    if (backslashes % 2 === 0) return newline;
  }
  return text.length;
}

/** Cuts a comment off; a `#` inside a reference or behind a backslash begins none. */
function withoutComment(line: string): string {
  if (!line.includes('#')) return line;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\') at++;
    else if (char === '#') return line.slice(0, at);
    else if (char === '$' && '({'.includes(line.charAt(at + 1) || ' ')) at = skipReference(line, at) - 1;
  }
  return line;
}

function placeOf(file: string, line: number, raw: string, offset: number): Location {
  const before = raw.slice(0, offset);
  const newlines = before.split('\n').length - 1;
  return { file, line: line + newlines, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** The ranges of what `$(eval …)` gets, nested ones too. */
function evaluations(raw: string): [number, number][] {
  const found: [number, number][] = [];
  for (const match of raw.matchAll(/\$[({]eval\s+/g)) {
    const end = skipReference(raw, match.index);
    found.push([match.index + match[0].length, end - 1]);
  }
  return found;
}
