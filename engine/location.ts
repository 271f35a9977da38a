/** A place in a text file: path, line and column from 1; 0 where unknown. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong, where, and what to do: the one form in which unigraph reports bad input. */
export interface Diagnostic {
  /** What is wrong, in one sentence without a final full stop. */
  readonly message: string;
  readonly location?: Location;
  /** What the user can do about it. */
  readonly hint?: string;
}

/** Renders `file:line:column`, leaving out what is unknown. */
export function formatLocation(location: Location): string {
  if (location.line === 0) return location.file;
  if (location.column === 0) return `${location.file}:${location.line}`;
  return `${location.file}:${location.line}:${location.column}`;
}

/** Renders a diagnostic as one line, and the hint as a second one. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const where = diagnostic.location ? `${formatLocation(diagnostic.location)}: ` : '';
  const hint = diagnostic.hint ? `\n  ${diagnostic.hint}` : '';
  return `${where}${diagnostic.message}${hint}`;
}
