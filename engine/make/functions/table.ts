import { conditionalFunctions } from './conditional.ts';
import { controlFunctions, foreachFunction } from './control.ts';
import { fileFunction } from './file.ts';
import type { MakeFunction } from './function.ts';
import { nameFunctions } from './names.ts';
import { textFunctions } from './text.ts';

/** All functions of GNU Make 4.3 but guile, by name. */
export const functionTable: ReadonlyMap<string, MakeFunction> = new Map(
  [
    ...textFunctions,
    ...nameFunctions,
    ...conditionalFunctions,
    ...controlFunctions,
    foreachFunction,
    fileFunction,
  ].map((definition) => [definition.name, definition]),
);
