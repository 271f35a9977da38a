import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Catalogue, Offered } from './catalogue.ts';
import {
  formatName,
  nameFromPath,
  prefixOf,
  type Asked,
  type ComponentName,
  type Kind,
} from './component-name.ts';
import { matcher, parseOrigin } from './origin.ts';

/** Where a component can be pulled from. */
export interface Repository extends ComponentName {
  /** Repositories to try, in order: more than one only where the list does not say which exists. */
  readonly places: readonly string[];
  readonly offered?: Offered;
}

/**
 * Finds the repository of a component by its name. What the catalogue does not know is looked for where the origins'
 * wildcards would have it, so that pulling works before the first `list update`.
 */
export function findRepository(
  asked: Asked,
  catalogue: Catalogue,
  origins: readonly string[],
): Result<Repository, Diagnostic> {
  const known = catalogue.components.filter(
    ({ kind, name }) => name === asked.name && (asked.kind === undefined || asked.kind === kind),
  );
  // A bare name means the library first: that is what an application is made of.
  const offered = known.find(({ kind }) => kind === 'library') ?? known[0];
  if (known.length > 1 && offered?.kind !== 'library') {
    return fail({
      message: `'${asked.name}' can be ${known.map(formatName).join(' or ')}`,
      hint: 'Write which one is meant.',
    });
  }
  if (offered !== undefined) {
    return ok({ kind: offered.kind, name: offered.name, places: [offered.place], offered });
  }
  const guesses = guess(asked, origins);
  const first = guesses[0];
  if (first !== undefined) {
    const same = guesses.filter(({ kind }) => kind === first.kind);
    return ok({ kind: first.kind, name: asked.name, places: same.map(({ place }) => place) });
  }
  const names = catalogue.components.map(({ name }) => name);
  const meant = nearest(asked.name, names);
  const update = "'unigraph list update' asks the origins for what is new";
  return fail({
    message: `no origin offers '${asked.name}'`,
    hint:
      meant === undefined
        ? `${update}; 'unigraph list add ORIGIN' adds one.`
        : `Did you mean '${meant}'? Otherwise, ${update}.`,
  });
}

/** Repositories that would match a wildcard or are an origin themselves. */
function guess(asked: Asked, origins: readonly string[]): { kind: Kind; place: string }[] {
  const kinds: Kind[] = asked.kind === undefined ? ['library', 'application', 'platform'] : [asked.kind];
  const found: { kind: Kind; place: string }[] = [];
  for (const text of origins) {
    const origin = parseOrigin(text, '/');
    if (!origin.ok) continue;
    if (origin.value.kind === 'repository') {
      const name = nameFromPath(origin.value.url);
      if (name?.name === asked.name && (asked.kind === undefined || name.kind === asked.kind)) {
        found.unshift({ kind: name.kind, place: origin.value.url });
      }
    } else if (origin.value.kind === 'wildcard') {
      const pattern = matcher(origin.value.pattern);
      for (const kind of kinds) {
        const repository = kind === 'core' ? asked.name : `${prefixOf(kind)}-${asked.name}`;
        if (pattern.test(repository)) found.push({ kind, place: origin.value.base + repository });
      }
    }
  }
  const order = (kind: Kind) => kinds.indexOf(kind);
  return found.sort((a, b) => order(a.kind) - order(b.kind));
}

/** The component that an URL names, for pulling from an address that is on no list. */
export function repositoryAt(url: string, asked?: Asked): Repository {
  const told = nameFromPath(url);
  return {
    kind: asked?.kind ?? told?.kind ?? 'library',
    name: asked?.name ?? told?.name ?? url.split('/').at(-1)!,
    places: [url],
  };
}
