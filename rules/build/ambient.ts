/**
 * Variables that commands get although they are no input of the build: where the user lives and works, how to reach the
 * network, settings of compiler caches. What compilers make does not depend on them. PATH is among them because an action
 * whose programs were found in it depends on those programs; other actions have it in their own environment besides.
 */
const AMBIENT =
  /^(?:PATH|HOME|USER|LOGNAME|TERM|TMPDIR|SSH_AUTH_SOCK|(?:https?|ftp|all|no)_proxy|CCACHE_\w+|SCCACHE_\w+|DISTCC_\w+|XDG_\w+|GIT_\w+)$/i;

export function ambientEnvironment(
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => AMBIENT.test(name)));
}
