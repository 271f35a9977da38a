import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports whose path matches one of the patterns, with the reason. */
const forbid = (patterns, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }],
});

const machinery = ['graph', 'digest', 'journal', 'exec', 'watch'];
const languages = ['make', 'kconfig'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'examples/**/build/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: ['error', 'always'],
      'prefer-const': 'error',
      'no-control-regex': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  // The arrows: cli -> rules -> engine. Only cli and report print.
  {
    files: ['engine/**/*.ts', 'rules/**/*.ts'],
    ignores: ['engine/report/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['engine/**/*.ts'],
    rules: forbid(
      ['**/rules/**', '**/cli/**'],
      'engine/ knows nothing of Unikraft: rules/ and cli/ import it.',
    ),
  },
  {
    files: ['rules/**/*.ts'],
    rules: forbid(['**/cli/**'], 'rules/ must not import cli/.'),
  },
  // The languages and the machinery inside engine/ do not know each other; rules/ joins them.
  ...languages.map((folder) => ({
    files: [`engine/${folder}/**/*.ts`],
    rules: forbid(
      [
        '**/rules/**',
        '**/cli/**',
        ...[...machinery, ...languages.filter((other) => other !== folder)].map((other) => `**/${other}/**`),
      ],
      'A language in engine/ imports neither the machinery nor the other language.',
    ),
  })),
  {
    files: machinery.map((folder) => `engine/${folder}/**/*.ts`),
    rules: forbid(
      ['**/rules/**', '**/cli/**', '**/make/**', '**/kconfig/**'],
      'The machinery in engine/ does not import the languages.',
    ),
  },
);
