import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import type { Component } from '../manifest/manifest.ts';
import { readCheckout } from '../index/checkout.ts';
import { bareVersion } from '../index/versions.ts';

/** The release that a core's `version.mk` states, e.g. `0.16.3`; undefined where it states none. */
export function coreRelease(core: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(core, 'version.mk'), 'utf8');
  } catch {
    return undefined;
  }
  const value = (name: string) => new RegExp(`^${name}\\s*[:?]?=\\s*(\\S*)`, 'm').exec(text)?.[1];
  const major = value('UK_VERSION');
  const minor = value('UK_SUBVERSION');
  if (major === undefined || minor === undefined) return undefined;
  const extra = value('UK_EXTRAVERSION');
  return [major, minor, ...(extra ? [extra] : [])].join('.');
}

/** Names that mean the same branch: older Unikraft repositories call `stable` master or main. */
function sameBranch(asked: string, name: string): boolean {
  const stable = ['stable', 'master', 'main'];
  return asked === name || (stable.includes(asked) && stable.includes(name));
}

/**
 * Compares what lies in `folder` with the version that the manifest asks for. A folder in which somebody works on a
 * branch is theirs: another version is something to say, not an error.
 */
export function versionNotice(component: Component, folder: string): Diagnostic | undefined {
  const asked = component.version;
  if (asked === undefined || asked === '*') return undefined;
  const checkout = readCheckout(folder);
  const release = component.name === 'unikraft' ? coreRelease(folder) : undefined;
  if (release !== undefined && bareVersion(asked) === release) return undefined;
  const isRelease = /^\d+(\.\d+)+$/.test(bareVersion(asked));
  if (checkout?.commit === undefined) {
    return release !== undefined && isRelease ? notice(component, folder, release) : undefined;
  }
  if (/^[0-9a-f]{7,}$/.test(asked) && checkout.commit.startsWith(asked)) return undefined;
  const names = [...checkout.names, ...(checkout.branch === undefined ? [] : [checkout.branch])];
  if (names.some((name) => sameBranch(asked, name) || bareVersion(name) === bareVersion(asked)))
    return undefined;
  return notice(component, folder, checkout.branch ?? names[0] ?? checkout.commit.slice(0, 7));
}

function notice(component: Component, folder: string, has: string): Diagnostic {
  return {
    message: `${component.name} is asked for at version ${component.version}, but ${folder} has ${has}; it is used as it is`,
    location: component.location,
    hint: `'unigraph list pull ${component.name}@${component.version}' gets the version that is asked for.`,
  };
}
