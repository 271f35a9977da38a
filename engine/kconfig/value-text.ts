import type { SymbolType } from './symbol.ts';

/** Whether a text can be a value of the type. Numbers keep their text: `007` is none, `-0` is one. */
export function isValidText(type: SymbolType, text: string): boolean {
  switch (type) {
    case 'string':
      return true;
    case 'int':
      return /^-?(?:0|[1-9][0-9]*)$/.test(text);
    case 'hex':
      return /^(?:0[xX])?[0-9a-fA-F]+$/.test(text);
    case 'bool':
    case 'tristate':
      return /^[yYmMnN]/.test(text);
    case 'unknown':
      return false;
  }
}

/** A string as `.config` holds it: in quotes, with a backslash before each quote and backslash. */
export function quoteText(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
