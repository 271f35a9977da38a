import type { Place } from './variables.ts';

/** One macro that was being expanded when make stopped. */
export interface ExpansionFrame {
  readonly expression: string;
  readonly place: Place | undefined;
}

/** What make stops at: `*** text.  Stop.` Thrown inside engine/make only; its public functions turn it into a value. */
export class MakeStop extends Error {
  readonly text: string;
  readonly place: Place | undefined;
  /** Exit status. */
  readonly status: number;
  /** Innermost first. */
  expansion: readonly ExpansionFrame[] = [];
  /** What the user may have meant. */
  hint: string | undefined;
  /** From 1; 0 if unknown. GNU Make tells no columns. */
  column = 0;

  constructor(text: string, place: Place | undefined, status = 2) {
    super(text);
    this.name = 'MakeStop';
    this.text = text;
    this.place = place === undefined ? undefined : { ...place };
    this.status = status;
  }
}

/** `file:line: ` for messages; '' without a place. */
export function placePrefix(place: Place | undefined): string {
  return place === undefined || place.file === '' ? '' : `${place.file}:${place.line + place.offset}: `;
}
