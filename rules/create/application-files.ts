import { versionOrSource } from '../manifest/normalize.ts';
import { yamlText } from '../manifest/splice.ts';
import type { NewFile } from './library-files.ts';
import { licenseNotice } from './license.ts';

/** What a new application is written from. */
export interface ApplicationPlan {
  /** Its name, of letters, digits and . _ - +. */
  readonly name: string;
  readonly platform: string;
  readonly architecture: string;
  /** The core: a version, an address or a path, as a manifest has it. */
  readonly core: string;
  /** Libraries by name, each with a version, an address or a path; undefined for any version. */
  readonly libraries: readonly { readonly name: string; readonly version: string | undefined }[];
  readonly author: string | undefined;
  readonly year: number;
  /** False where a library provides `main`. */
  readonly withMain: boolean;
}

/** The files of a new application: it prints a greeting. */
export function applicationFiles(plan: ApplicationPlan): NewFile[] {
  const registered = `app${plan.name.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`;
  const upper = registered.toUpperCase();
  const holder = plan.author ?? `the authors of ${plan.name}`;
  const files = [
    { path: 'kraft.yaml', text: manifest(plan) },
    {
      path: 'Makefile.uk',
      text: `${licenseNotice('#', plan.year, holder, `The application ${plan.name}`)}
$(eval $(call addlib,${registered}))
${plan.withMain ? `\n${upper}_SRCS-y += $(${upper}_BASE)/main.c\n` : '\n# main is in a library.\n'}`,
    },
    {
      path: 'main.c',
      text: `${licenseNotice('//', plan.year, holder, `The application ${plan.name}`)}
#include <stdio.h>

int main(int argc, char *argv[])
{
	printf("Hello from ${plan.name}!\\n");
	for (int i = 1; i < argc; i++)
		printf("argument %d: %s\\n", i, argv[i]);
	return 0;
}
`,
    },
    { path: '.gitignore', text: 'build/\n.config\n.config.*\n.unikraft/\n*~\n' },
    {
      path: 'README.md',
      text: `# ${plan.name}

An application for [Unikraft](https://unikraft.org).

    unigraph list pull    # the core and libraries that kraft.yaml names
    unigraph configure    # .config, from kraft.yaml
    unigraph build
    unigraph run
`,
    },
  ];
  return files.filter(({ path }) => plan.withMain || path !== 'main.c');
}

function manifest({ name, platform, architecture, core, libraries }: ApplicationPlan): string {
  const component = (key: string, text: string | undefined, indent: string): string => {
    if (text === undefined) return `${indent}${key}:\n`;
    const { version, source } = versionOrSource(text);
    if (source === undefined) return `${indent}${key}: ${yamlText(text)}\n`;
    const first = version === undefined ? '' : `${indent}  version: ${yamlText(version)}\n`;
    return `${indent}${key}:\n${first}${indent}  source: ${yamlText(source)}\n`;
  };
  const listed = libraries
    .map((library) => component(yamlText(library.name), library.version, '  '))
    .join('');
  return (
    `specification: '0.5'\nname: ${yamlText(name)}\n` +
    component('unikraft', core, '') +
    `targets:\n  - architecture: ${architecture}\n    platform: ${yamlText(platform)}\n` +
    (listed === '' ? '' : `libraries:\n${listed}`)
  );
}
