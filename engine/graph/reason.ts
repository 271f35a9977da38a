import { unreachable } from '../result.ts';

/** Why an action is not up to date, down to the single input, symbol or output. */
export type Reason =
  | { readonly kind: 'never-built' }
  | { readonly kind: 'always' }
  | { readonly kind: 'forced' }
  | { readonly kind: 'command'; readonly from: string; readonly to: string }
  | { readonly kind: 'environment'; readonly name: string; readonly from?: string; readonly to?: string }
  | { readonly kind: 'input-changed'; readonly path: string }
  | { readonly kind: 'input-added'; readonly path: string }
  | { readonly kind: 'input-removed'; readonly path: string }
  | { readonly kind: 'input-missing'; readonly path: string }
  | { readonly kind: 'shadowed'; readonly name: string; readonly by: string }
  | { readonly kind: 'symbol'; readonly name: string; readonly from?: string; readonly to?: string }
  | { readonly kind: 'output-missing'; readonly path: string }
  | { readonly kind: 'output-changed'; readonly path: string };

const valueOf = (value: string | undefined): string => (value === undefined ? 'not set' : `'${value}'`);

/** One line for people. */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'never-built':
      return 'it was never built here';
    case 'always':
      return 'it makes no file, so it runs each time';
    case 'forced':
      return 'it was asked for';
    case 'command':
      return `its command changed: ${describeWords(reason.from, reason.to)}`;
    case 'environment':
      return `${reason.name} in the environment changed from ${valueOf(reason.from)} to ${valueOf(reason.to)}`;
    case 'input-changed':
      return `${reason.path} changed`;
    case 'input-added':
      return `${reason.path} was added to its inputs`;
    case 'input-removed':
      return `${reason.path} is no longer one of its inputs`;
    case 'input-missing':
      return `${reason.path} is gone`;
    case 'shadowed':
      return `${reason.by} is now found for '${reason.name}'`;
    case 'symbol':
      return `${reason.name} changed from ${valueOf(reason.from)} to ${valueOf(reason.to)}`;
    case 'output-missing':
      return `its output ${reason.path} is missing`;
    case 'output-changed':
      return `its output ${reason.path} is not what it made`;
    default:
      return unreachable(reason);
  }
}

/** The words that were added to and removed from a command. */
function describeWords(from: string, to: string): string {
  const count = (text: string): Map<string, number> => {
    const words = new Map<string, number>();
    for (const word of text.split(/\s+/)) words.set(word, (words.get(word) ?? 0) + 1);
    return words;
  };
  const before = count(from);
  const after = count(to);
  const added = [...after].filter(([word, times]) => times > (before.get(word) ?? 0)).map(([word]) => word);
  const removed = [...before].filter(([word, times]) => times > (after.get(word) ?? 0)).map(([word]) => word);
  const parts = [
    ...(removed.length > 0 ? [`without ${removed.join(' ')}`] : []),
    ...(added.length > 0 ? [`with ${added.join(' ')}`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'the order of its words';
}
