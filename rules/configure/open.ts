import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { Configuration } from '../../engine/kconfig/configuration.ts';
import type { KconfigHost } from '../../engine/kconfig/host.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Configuring } from './configure.ts';
import type { Environment } from './environment.ts';
import { prepareWorkspace } from './from-workspace.ts';
import { GuardedHost } from './guarded-host.ts';
import { overlayHost } from './overlay-host.ts';

/** A workspace's options, with what is configured. */
export interface OpenedWorkspace {
  readonly configuring: Configuring;
  readonly configuration: Configuration;
}

/**
 * Reads the options that a workspace has: the core's, the libraries', the application's. No `.config` is loaded yet.
 * @param host a {@link GuardedHost} where they are to be saved: it fails when the lists of options could not be written whole
 * @param readOnly nothing is written then; `save` would write into memory
 */
export function openConfiguration(
  workspace: Workspace,
  environment: Environment,
  host: KconfigHost,
  readOnly: boolean,
): Result<OpenedWorkspace, Diagnostic> {
  const around = { environment, host: readOnly ? overlayHost(host) : host };
  const configuring = prepareWorkspace(workspace, 'menuconfig', around);
  if (!configuring.ok) return configuring;
  const opened = Configuration.open({
    rootFile: configuring.value.rootFile,
    cwd: workspace.build,
    environment: configuring.value.environment,
    host: configuring.value.host,
  });
  if (!opened.ok) {
    return fail({
      message: `the options of ${workspace.core} cannot be read`,
      hint: opened.error.trimEnd().replaceAll('\n', '\n  '),
    });
  }
  if (host instanceof GuardedHost && host.unwritable !== undefined) return fail({ message: host.unwritable });
  return ok({ configuring: configuring.value, configuration: opened.value });
}
