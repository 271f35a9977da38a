import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** What is made out of sources, and what belongs to the template's own history. */
const leftOut = new Set(['.git', '.unikraft', 'build', '.config', '.config.old', 'unigraph.lock']);

/**
 * Copies a template that is a folder on this machine. Symbolic links are copied as links.
 * @param target a folder that does not exist or is empty
 */
export function copyTemplate(template: string, target: string): Result<void, Diagnostic> {
  if (!existsSync(join(template, 'Makefile.uk'))) {
    return fail({ message: `the template ${template} is no application: it has no Makefile.uk` });
  }
  try {
    mkdirSync(target, { recursive: true });
    cpSync(template, target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => source === template || !leftOut.has(basename(source)),
    });
    return ok(undefined);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return fail({ message: `cannot copy ${template} to ${target} (${code})` });
  }
}
