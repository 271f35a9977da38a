import type { LibraryName } from './library-name.ts';
import { withPlaceholder, type LibraryOrigin } from './library-origin.ts';
import type { SourceSurvey } from './source-survey.ts';
import { bsdLicense, licenseNotice } from './license.ts';

/** Everything that the files of a new library are written from. */
export interface LibraryPlan {
  readonly name: LibraryName;
  /** A few words; empty where nobody has said any. */
  readonly description: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly year: number;
  readonly origin: LibraryOrigin;
  /** Of the archive; undefined for a clone. */
  readonly archive:
    { readonly sha256: string; readonly file: string; readonly topFolder: string | undefined } | undefined;
  readonly survey: SourceSurvey;
  /** Whether the library can provide the application's `main`. */
  readonly withMain: boolean;
}

/** A file of the new library: its path in the library's folder, and its text. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** The files of a new library, as Unikraft lays them out. */
export function libraryFiles(plan: LibraryPlan): NewFile[] {
  return [
    { path: 'Makefile.uk', text: makefile(plan) },
    { path: 'Config.uk', text: config(plan) },
    ...(plan.withMain ? [{ path: 'main.c', text: mainGlue(plan) }] : []),
    { path: 'README.md', text: readme(plan) },
    { path: 'COPYING.md', text: bsdLicense(plan.year, plan.author.name) },
    { path: 'MAINTAINERS.md', text: `# Maintainers\n\n* ${plan.author.name} <${plan.author.email}>\n` },
    { path: 'CONTRIBUTING.md', text: contributing },
    { path: 'CODING_STYLE.md', text: codingStyle },
    { path: '.gitignore', text: '*.o\n*.d\n*.orig\n*.rej\n*~\n.*.swp\nbuild/\n' },
    // The Makefile's patch rule applies every file of the folder; it does not see names that begin with a dot.
    { path: 'patches/.gitkeep', text: '' },
    ...(plan.survey.missingHeaders.length > 0 ? [{ path: 'include/.gitkeep', text: '' }] : []),
  ];
}

/** The sources' folder as the Makefile writes it. */
function subfolder({ archive, origin, name }: LibraryPlan): string {
  const top = archive?.topFolder;
  if (top === undefined) return '';
  const variable = `$(${name.upper}_VERSION)`;
  return makeText(withPlaceholder(top, origin.version), variable);
}

function makeText(template: string, variable: string): string {
  return template.replaceAll('$VERSION', variable);
}

/** What the library is, in one line. */
function title({ name, description }: LibraryPlan): string {
  return description === '' ? `${name.bare} as a library of Unikraft` : `${name.bare}: ${description}`;
}

function heading(text: string): string {
  const line = '#'.repeat(80);
  return `${line}\n# ${text}\n${line}\n`;
}

function makefile(plan: LibraryPlan): string {
  const { name, survey, author, year } = plan;
  const { upper, registered } = name;
  const source = `$(${upper}_SRC)`;
  const folder = (path: string) => (path === '.' ? source : `${source}/${path}`);
  const sections = [
    licenseNotice('#', year, author.name, title(plan)),
    heading('Library registration'),
    `$(eval $(call addlib_s,${registered},$(CONFIG_${upper})))\n`,
    // Every library's Makefile.uk is read; without the condition, one that is not chosen would be fetched too.
    `ifeq ($(CONFIG_${upper}),y)`,
    heading('Origin: fetched, checked, unpacked and patched'),
    originRules(plan),
    heading('Includes: the first are for everybody who uses the library, the others for its own sources'),
    ...survey.publicIncludes.flatMap((path) => [
      `CINCLUDES-y   += -I${folder(path)}`,
      `CXXINCLUDES-y += -I${folder(path)}`,
    ]),
    ...(survey.publicIncludes.length === 0 ? [`# CINCLUDES-y += -I${source}/include`] : []),
    ...survey.privateIncludes.flatMap((path) => [
      `${upper}_CINCLUDES-y   += -I${folder(path)}`,
      `${upper}_CXXINCLUDES-y += -I${folder(path)}`,
    ]),
    // Where headers go that the project's own build would make.
    ...(survey.missingHeaders.length > 0 ? [`${upper}_CINCLUDES-y   += -I$(${upper}_BASE)/include`] : []),
    '',
    heading('Flags'),
    `${upper}_CFLAGS-y   +=`,
    `${upper}_CXXFLAGS-y +=\n`,
    heading('Sources'),
    ...sourceLines(plan),
    '',
    'endif',
  ];
  return `${sections.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

function originRules(plan: LibraryPlan): string {
  const { name, origin, archive } = plan;
  const { upper, registered } = name;
  const variable = `$(${upper}_VERSION)`;
  const sub = subfolder(plan);
  const lines = [`${upper}_VERSION = ${origin.version}`];
  if (origin.kind === 'archive') {
    lines.push(`${upper}_URL = ${makeText(origin.template, variable)}`);
    if (archive !== undefined) lines.push(`${upper}_ORIGIN_SHA256 = ${archive.sha256}`);
    const url = `$(${upper}_URL)`;
    // `fetch` takes the archive's format from the end of the address.
    const isPlain = origin.url.split('/').at(-1) === archive?.file;
    lines.push(
      isPlain || archive === undefined
        ? `$(eval $(call fetch,${registered},${url}))`
        : `$(eval $(call fetchas,${registered},${url},${makeText(withPlaceholder(archive.file, origin.version), variable)}))`,
    );
  } else {
    lines.push(`${upper}_URL = ${origin.url}`);
    lines.push(`$(eval $(call clone,${registered},$(${upper}_URL),${makeText(origin.template, variable)}))`);
  }
  lines.push(
    '',
    `${upper}_SUBDIR   = ${sub === '' ? '.' : sub}`,
    `${upper}_PATCHDIR = $(${upper}_BASE)/patches`,
    `$(eval $(call patch,${registered},$(${upper}_PATCHDIR),$(${upper}_SUBDIR)))`,
    '',
    sub === '' ? `${upper}_SRC = $(${upper}_ORIGIN)` : `${upper}_SRC = $(${upper}_ORIGIN)/$(${upper}_SUBDIR)`,
    '',
  );
  return lines.join('\n');
}

function sourceLines(plan: LibraryPlan): string[] {
  const { name, survey, withMain } = plan;
  const { upper } = name;
  const source = `$(${upper}_SRC)`;
  const waits = survey.missingHeaders.length > 0;
  const lines: string[] = [];
  if (waits) {
    lines.push(
      `# These sources include ${survey.missingHeaders.join(', ')}, which the project's own build makes.`,
      `# Put ${survey.missingHeaders.length === 1 ? 'it' : 'them'} into $(${upper}_BASE)/include, and take the '#' away:`,
    );
  }
  lines.push(...survey.sources.map((file) => `${waits ? '# ' : ''}${upper}_SRCS-y += ${source}/${file}`));
  if (survey.sources.length === 0) lines.push(`# ${upper}_SRCS-y += ${source}/…`);
  if (withMain) lines.push('', ...mainLines(plan));
  else if (survey.programs.length > 0) {
    lines.push(
      '',
      '# Programs, with a main of their own:',
      ...survey.programs.map((file) => `# ${upper}_SRCS-y += ${source}/${file}`),
    );
  }
  return lines;
}

/** The program whose `main` the library can lend to an application. */
function chosenProgram({ survey }: LibraryPlan): string | undefined {
  return survey.programs.length === 1
    ? survey.programs[0]
    : survey.programs.find((file) => /(^|\/)main\.\w+$/.test(file));
}

function mainLines(plan: LibraryPlan): string[] {
  const { name, survey } = plan;
  const { upper, identifier } = name;
  const option = `$(CONFIG_${upper}_MAIN_FUNCTION)`;
  const lines = [`${upper}_SRCS-${option} += $(${upper}_BASE)/main.c|unikraft`];
  const program = chosenProgram(plan);
  if (program !== undefined) {
    const file = program
      .split('/')
      .at(-1)!
      .replace(/\.\w+$/, '');
    // The flags of one file are in a variable that has the file's name (support/build/Makefile.rules).
    const variable = `${upper}_${file.toUpperCase().replace(/[-.]/g, '_')}_FLAGS-y`;
    const hidden = survey.missingHeaders.length > 0 ? '# ' : '';
    lines.push(
      `${hidden}${upper}_SRCS-${option} += $(${upper}_SRC)/${program}`,
      `${hidden}${variable} += -Dmain=${identifier}_main`,
    );
  }
  const others = survey.programs.filter((file) => file !== program);
  if (others.length > 0) {
    lines.push(
      '',
      '# Other files with a main of their own:',
      ...others.map((file) => `# ${upper}_SRCS-y += $(${upper}_SRC)/${file}`),
    );
  }
  return lines;
}

function config({ name, description, withMain }: LibraryPlan): string {
  const { upper } = name;
  const described = description === '' ? name.bare : `${name.bare}: ${description}`;
  const main = `config ${upper}_MAIN_FUNCTION\n\tbool "Provide main function"\n\tdefault n\n\thelp\n\t  The application's main is that of ${name.bare}.\n`;
  return (
    `menuconfig ${upper}\n\tbool "${kconfigText(described)}"\n\tdefault n\n` +
    `\nif ${upper}\n\n${withMain ? `${main}\n` : ''}endif\n`
  );
}

function kconfigText(text: string): string {
  return text.replace(/["\\$]/g, "'");
}

function mainGlue(plan: LibraryPlan): string {
  const { name, year, author } = plan;
  const program = chosenProgram(plan);
  const notice = licenseNotice('//', year, author.name, `The application's main, when it is ${name.bare}`);
  const renamed = `int ${name.identifier}_main(int argc, char *argv[])`;
  if (program !== undefined && plan.survey.missingHeaders.length > 0) {
    return (
      `${notice}\n#include <stdio.h>\n\n` +
      `/* The main of ${program}, which the Makefile renames; weak, until it is compiled there. */\n` +
      `${renamed} __attribute__((weak));\n\n` +
      `int main(int argc, char *argv[])\n{\n\tif (${name.identifier}_main)\n\t\treturn ${name.identifier}_main(argc, argv);\n` +
      `\tputs("${name.registered}: its sources are not compiled yet, see its Makefile.uk");\n\treturn 1;\n}\n`
    );
  }
  if (program !== undefined) {
    return (
      `${notice}\n` +
      `/* The main of ${program}, which the Makefile renames. */\n` +
      `${renamed};\n\n` +
      `int main(int argc, char *argv[])\n{\n\treturn ${name.identifier}_main(argc, argv);\n}\n`
    );
  }
  return (
    `${notice}\n#include <stdio.h>\n\n` +
    `int main(int argc __attribute__((unused)), char *argv[] __attribute__((unused)))\n{\n` +
    `\tputs("${name.registered}: call the library from its main.c");\n\treturn 0;\n}\n`
  );
}

function readme(plan: LibraryPlan): string {
  const { name, origin, survey } = plan;
  const waits =
    survey.missingHeaders.length > 0
      ? `\nIts sources need ${survey.missingHeaders.join(', ')} first: see the end of \`Makefile.uk\`.\n`
      : '';
  return `# ${name.bare} for Unikraft

${title(plan)}.

This is ${name.bare} ${origin.version} as a library of [Unikraft](https://unikraft.org). Its sources come from
<${origin.url}>, patched with what is in \`patches/\`.
${waits}
Choose it in the configuration of an application (\`CONFIG_${name.upper}=y\`), with this folder among the external
libraries:

    unigraph build --lib ${name.registered}

or in its \`kraft.yaml\`:

    libraries:
      ${name.bare}:
        source: ../libs/${name.registered}
`;
}

const contributing = `# Contributing

Changes to the sources belong into \`patches/\`: one patch for each thought, made with \`git format-patch\`, applied with
\`patch -p1\` in the order of their names. Everything else is in \`Makefile.uk\` and \`Config.uk\`.

Sign your commits off (\`git commit -s\`).
`;

const codingStyle = `# Coding style

New code follows Unikraft's: tabs that are eight columns wide, lines of at most 80 columns, braces as in the Linux kernel.
Patched code keeps the style of the file that it is in.
`;
