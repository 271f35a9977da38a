// Runs every check and ends with one line of counts: 'N passed, N failed' (and ', N skipped').
// Arguments go to vitest: `npm test -- test/engine/make`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs a program with its output shown; resolves to whether it succeeded. */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('close', (status) => resolve(status === 0));
  });
}

async function check(name, program, args) {
  const ok = await run(program, args);
  counts[ok ? 'passed' : 'failed']++;
  process.stdout.write(`${ok ? 'ok' : 'FAILED'}: ${name}\n`);
}

async function vitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-test-'));
  const report = join(folder, 'report.json');
  try {
    const ok = await run(bin('vitest'), [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ]);
    const result = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests;
    counts.skipped += result.numPendingTests + result.numTodoTests;
    // A file that does not load fails without a test in it.
    if (!ok && result.numFailedTests === 0) counts.failed++;
    if (result.numTotalTests === 0) counts.failed++;
  } catch (error) {
    process.stdout.write(`FAILED: vitest left no report (${error.message})\n`);
    counts.failed++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const words = process.argv.slice(2);
if (words.length === 0) {
  await check('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']);
  await check('types', bin('tsc'), ['--noEmit']);
  await check('lint', bin('eslint'), ['.', '--max-warnings', '0']);
}
await vitest(words);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
