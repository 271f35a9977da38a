import fs from 'node:fs';
import { systemClock } from '../../engine/clock.ts';
import { FileStates } from '../../engine/digest/file-states.ts';
import { nodeDisk } from '../../engine/disk.ts';
import type { Surroundings } from '../../engine/graph/freshness.ts';
import { Lookups } from '../../engine/graph/lookups.ts';
import { SymbolValues } from '../../engine/graph/symbol-values.ts';
import type { Journal } from '../../engine/journal/journal.ts';

/** The world as the files and the journal have it. */
export function surroundings(journal: Journal): Surroundings {
  const values = new Map<string, { readonly digest: string; readonly values: SymbolValues }>();
  const files = new FileStates(journal, nodeDisk, systemClock);
  return {
    journal,
    files,
    lookups: new Lookups(files, journal.strings),
    symbols(header) {
      const { high, low } = files.digest(files.id(header));
      const digest = `${high} ${low}`;
      const known = values.get(header);
      if (known?.digest === digest) return known.values;
      let text = '';
      try {
        text = fs.readFileSync(header, 'utf8');
      } catch {
        // No header: no symbol is defined.
      }
      const fresh = new SymbolValues(journal.strings, text);
      values.set(header, { digest, values: fresh });
      return fresh;
    },
  };
}
