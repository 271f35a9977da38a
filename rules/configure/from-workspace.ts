import type { KconfigHost } from '../../engine/kconfig/host.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Diagnostic } from '../../engine/location.ts';
import type { Result } from '../../engine/result.ts';
import { prepareConfiguring, type Configuring, type ConfigureSurroundings } from './configure.ts';
import type { ConfigureInputs, Environment } from './environment.ts';
import { readRelease } from './release.ts';

/** Makes a workspace ready for a target of the core's Makefile: `olddefconfig`, `syncconfig`, …. */
export function prepareWorkspace(
  workspace: Workspace,
  target: string,
  surroundings: Pick<ConfigureSurroundings, 'environment' | 'host'>,
): Result<Configuring, Diagnostic> {
  const { environment, host } = surroundings;
  const release = readRelease(workspace.core, host);
  if (!release.ok) return release;
  const fromConfig = release.value.withoutConfig.has(target) ? undefined : host;
  return prepareConfiguring(configureInputs(workspace, environment, fromConfig), release.value, surroundings);
}

/**
 * What is to be configured, from a workspace.
 * @param fromConfig given where the Makefile includes `.config`, which then says name and architecture: for a
 *   build and for `syncconfig`, not for most configuration targets
 */
export function configureInputs(
  workspace: Workspace,
  environment: Environment,
  fromConfig?: KconfigHost,
): ConfigureInputs {
  const { core, app, build, config, libraries, platforms, exclude } = workspace;
  const given = (name: string): string | undefined =>
    workspace.variables.findLast((variable) => variable.name === name)?.value ?? environment[name];
  const present = fromConfig === undefined ? {} : configuredFacts(fromConfig, config);
  const name = workspace.name ?? present.name;
  const named = given('ARCH');
  const architecture = present.architecture ?? (named ? architectureOf(named) : undefined);
  const compiler = given('CC');
  return {
    core,
    app,
    build,
    config,
    libraries,
    platforms,
    exclude,
    ...(name !== undefined && { name }),
    ...(architecture !== undefined && { architecture }),
    ...(compiler !== undefined && { compiler }),
  };
}

/** Unikraft's word for an architecture, after the rules of the top Makefile. */
function architectureOf(name: string): string {
  const first = name.replaceAll('"', '').trim().replace(/-.*/, '');
  if (/^(?:arm64|aarch64)/.test(first)) return 'arm64';
  if (first.startsWith('arm')) return 'arm';
  return first.replace(/i.86/, 'x86');
}

/** What `.config` says about name and architecture. */
function configuredFacts(host: KconfigHost, config: string): { name?: string; architecture?: string } {
  const bytes = host.readFile(config);
  if (bytes === undefined) return {};
  const text = Buffer.from(bytes).toString();
  const value = (symbol: string): string | undefined =>
    new RegExp(`^CONFIG_${symbol}=(.*)$`, 'm').exec(text)?.[1];
  // Whoever wins in arch/Arch.uk comes first here.
  const architecture =
    value('ARCH_X86_64') === 'y'
      ? 'x86_64'
      : value('ARCH_ARM_64') === 'y'
        ? 'arm64'
        : value('ARCH_ARM_32') === 'y'
          ? 'arm'
          : value('UK_ARCH')?.replaceAll('"', '');
  const name = value('UK_NAME')?.replaceAll('"', '').trim();
  return { ...(name && { name }), ...(architecture && { architecture }) };
}
