import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Finding, LintRule } from '../../../rules/lint/finding.ts';
import { lint, type LintOptions, type LintReport } from '../../../rules/lint/lint.ts';
import type { Workspace } from '../../../rules/workspace/workspace.ts';
import { evaluateWorkspace } from '../../../rules/variables/evaluated-workspace.ts';
import { environment, filesIn, workspaceIn } from '../variables/small-workspace.ts';

const examples = resolve(import.meta.dirname, '../../../examples');

export const exampleCore = join(examples, 'core');

/** A configuration of the example core. */
export const exampleConfig = readFileSync(join(examples, 'apps/helloworld/config.kvm-x86_64'), 'utf8');

/** A library of one file for the example core; `more` is the rest of its Makefile.uk, from line 3 on. */
export interface LibraryFiles {
  readonly more?: string;
  /** Beside the library's Makefile.uk, by path; the application's are `../app/…`, the build folder's `../build/…`. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Lines for `.config`; CONFIG_LIBX=y is there. */
  readonly config?: string;
}

const registration = '$(eval $(call addlib_s,libx,$(CONFIG_LIBX)))\nLIBX_SRCS-y += $(LIBX_BASE)/x.c\n';

/** Writes a library `libx` beside an application and looks at it. @returns the findings, and the library's folder */
export function lintLibrary(
  { more = '', files = {}, config = '' }: LibraryFiles,
  options: Partial<LintOptions> = {},
): { readonly findings: readonly Finding[]; readonly folder: string } {
  const library = {
    'Makefile.uk': registration + more,
    'Config.uk': 'config LIBX\n\tbool "x"\nconfig LIBX_MORE\n\tbool "more"\n',
    'x.c': '',
    ...files,
  };
  const root = filesIn({
    'app/Makefile.uk': '$(eval $(call addlib,appa))\nAPPA_SRCS-y += $(APPA_BASE)/main.c\n',
    'app/main.c': '',
    config: `${exampleConfig}CONFIG_LIBX=y\n${config}`,
    ...Object.fromEntries(Object.entries(library).map(([name, text]) => [join('libx', name), text])),
  });
  const workspace = workspaceIn(root, {
    core: exampleCore,
    libraries: [join(root, 'libx')],
  });
  return { findings: lintWorkspace(workspace, options).findings, folder: join(root, 'libx') };
}

/** Looks at a workspace, which must be right. */
export function lintWorkspace(workspace: Workspace, options: Partial<LintOptions> = {}): LintReport {
  const evaluated = evaluateWorkspace(workspace, environment);
  if (!evaluated.ok) throw new Error(JSON.stringify(evaluated.error));
  const report = lint(evaluated.value, {
    libraries: [],
    all: false,
    disabled: new Set<LintRule>(),
    environment,
    ...options,
  });
  if (!report.ok) throw new Error(JSON.stringify(report.error));
  return report.value;
}

/** `RULE LINE:COLUMN` of each finding. */
export function places(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, location }) => `${rule} ${location.line}:${location.column}`);
}
