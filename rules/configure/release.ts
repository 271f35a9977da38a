import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { KconfigHost } from '../../engine/kconfig/host.ts';

/** What a core's tree says about itself as far as configuring goes. */
export interface Release {
  /** `0.17.0`; without the revision. */
  readonly version: string;
  readonly codename: string;
  /** The variables that its Makefile sets for `conf` (COMMON_CONFIG_ENV), in order. */
  readonly variables: readonly string[];
  /** Makefile variables that those refer to, unexpanded. */
  readonly definitions: ReadonlyMap<string, string>;
  /** Whether its savedefconfig appends the architecture and the image's name (since 0.15). */
  readonly namesArchitecture: boolean;
  /** Targets for which its Makefile does not include `.config`, and so knows neither name nor architecture from it. */
  readonly withoutConfig: ReadonlySet<string>;
}

/** Reads `version.mk` and the top Makefile of a core. */
export function readRelease(core: string, host: KconfigHost): Result<Release, Diagnostic> {
  const versionText = text(host, `${core}/version.mk`);
  const makefile = text(host, `${core}/Makefile`);
  if (versionText === undefined || makefile === undefined) {
    const file = versionText === undefined ? 'version.mk' : 'Makefile';
    return fail({ message: `${core} is not a Unikraft tree: it has no readable ${file}` });
  }
  const parts = assignments(versionText);
  const numbers = ['UK_VERSION', 'UK_SUBVERSION', 'UK_EXTRAVERSION'].map((name) => parts.get(name) ?? '');
  const variables = [...commonEnvironment(makefile).matchAll(/^[ \t]+([A-Z_]+)=/gm)].map(
    (match) => match[1]!,
  );
  if (variables.length === 0) {
    return fail({
      message: `${core}/Makefile does not say what its conf program is given (COMMON_CONFIG_ENV)`,
    });
  }
  return ok({
    version: numbers.filter((number) => number !== '').join('.'),
    codename: parts.get('UK_CODENAME') ?? '',
    variables,
    definitions: assignments(makefile),
    namesArchitecture: makefile.includes('ukarch_str2cfg'),
    withoutConfig: new Set(
      /^noconfig_targets[ \t]*:=((?:.*\\\n)*.*)/m.exec(makefile)?.[1]?.match(/[\w%-]+/g),
    ),
  });
}

/** The lines of `COMMON_CONFIG_ENV = \ …`. */
function commonEnvironment(makefile: string): string {
  const lines = /^COMMON_CONFIG_ENV *=((?:.*\\\n)+.*)/m.exec(makefile);
  return lines?.[1] ?? '';
}

/** `NAME = value` and `NAME := value` lines; the first one of a name counts. */
function assignments(makefile: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of makefile.matchAll(/^([A-Z][A-Z0-9_]*)[ \t]*:?=[ \t]*(.*?)[ \t]*$/gm)) {
    if (!found.has(name!)) found.set(name!, value!);
  }
  return found;
}

function text(host: KconfigHost, path: string): string | undefined {
  const bytes = host.readFile(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

/**
 * The version with the revision of the core's repository, as its Makefile composes it: `0.17.0~484ff209`,
 * with `-custom` when files are changed.
 */
export function fullVersion(
  core: string,
  release: Release,
  host: KconfigHost,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const script = `${core}/support/scripts/gitsha1`;
  if (host.kind(script) === undefined) return release.version;
  const { stdout } = host.shell(`'${script.replaceAll("'", "'\\''")}'`, core, environment);
  return release.version + Buffer.from(stdout).toString().trim();
}
