import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import type { SpawnRequest } from '../../../engine/exec/spawner.ts';
import type { BuildEvent } from '../../../engine/report/event.ts';
import { Journal } from '../../../engine/journal/journal.ts';
import { deferred } from '../../support/deferred.ts';
import { diskFiles, fakeSpawner, type Failure, type Intervention } from './fake-spawner.ts';
import { ModelBuilder, type Prediction } from './model-builder.ts';
import { Project, type Edit, type Line } from './model-project.ts';
import { graphOf, idsOf, run, surroundings, temporaryFolder, trustingClock } from './rig.ts';

/*
 * Any edits, any accidents: after each build what it made is what a build from nothing makes, and it ran no action more
 * than it had to. The model (model-builder.ts) says what that is; it shares no code with the engine.
 */

/** How a build goes. */
type Course =
  | { readonly kind: 'plain'; readonly jobs: number }
  | { readonly kind: 'dry' }
  | { readonly kind: 'failing'; readonly at: number; readonly failure: Failure; readonly keepGoing: boolean }
  /** Killed at a command; some bytes at the end of the journal may not have reached the disk. */
  | { readonly kind: 'killed'; readonly at: number; readonly lost: number }
  | { readonly kind: 'cancelled'; readonly at: number }
  /** Somebody saves a file while a command runs, and may take it back afterwards. */
  | {
      readonly kind: 'disturbed';
      readonly at: number;
      readonly between: boolean;
      readonly edit: Edit;
      readonly back: boolean;
    };

interface Step {
  readonly edits: readonly Edit[];
  readonly course: Course;
  /** A new process has only the journal; otherwise the builder lives on and is told that everything may have changed. */
  readonly restart: boolean;
  /** A checkpoint of the journal is written before. */
  readonly checkpoint: boolean;
}

/** Plain objects: a counterexample then reads as what one would write. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });
const small = fc.nat(20);
const line: fc.Arbitrary<Line> = fc.oneof(
  record({ kind: fc.constantFrom('word', 'comment'), number: fc.nat(5) }),
  record({ kind: fc.constantFrom('mention', 'comment-mention'), symbol: fc.nat(2) }),
  { weight: 2, arbitrary: record({ kind: fc.constantFrom('config', 'generated') }) },
  { weight: 4, arbitrary: record({ kind: fc.constantFrom('angle', 'quote', 'has'), header: fc.nat(2) }) },
  record({ kind: fc.constant('conditional' as const), symbol: fc.nat(2), header: fc.nat(2) }),
  record({ kind: fc.constant('next' as const) }),
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: record({ kind: fc.constantFrom('append', 'replace'), file: small, line }) },
  { weight: 2, arbitrary: record({ kind: fc.constantFrom('cut', 'touch'), file: small }) },
  {
    weight: 2,
    arbitrary: record({ kind: fc.constant('symbol' as const), symbol: fc.nat(2), value: fc.nat(2) }),
  },
  record({ kind: fc.constantFrom('flag', 'warning'), library: fc.nat(2), value: fc.nat(2) }),
  record({
    kind: fc.constant('file-flag' as const),
    library: fc.nat(2),
    source: fc.nat(2),
    value: fc.nat(2),
  }),
  record({ kind: fc.constantFrom('add-source', 'remove-source', 'rename-library'), library: fc.nat(2) }),
  {
    weight: 4,
    arbitrary: record({
      kind: fc.constantFrom('add-header', 'add-header', 'remove-header'),
      folder: fc.nat(5),
      header: fc.nat(5),
    }),
  },
  record({ kind: fc.constantFrom('add-library', 'remove-library', 'environment') }),
  record({ kind: fc.constantFrom('tool', 'template', 'template-comment', 'script'), value: fc.nat(3) }),
  {
    weight: 3,
    arbitrary: record({
      kind: fc.constant('output' as const),
      output: small,
      how: fc.constantFrom('delete', 'edit', 'truncate', 'touch'),
    }),
  },
  record({ kind: fc.constant('folder' as const), folder: fc.nat(5) }),
  { weight: 3, arbitrary: record({ kind: fc.constantFrom('save', 'restore') }) },
);
const plain = record({ kind: fc.constant('plain' as const), jobs: fc.integer({ min: 1, max: 4 }) });
const command = fc.integer({ min: 1, max: 6 });
const course: fc.Arbitrary<Course> = fc.oneof(
  { weight: 10, arbitrary: plain },
  record({ kind: fc.constant('dry' as const) }),
  {
    weight: 3,
    arbitrary: record({
      kind: fc.constant('failing' as const),
      at: small,
      failure: fc.constantFrom<Failure[]>('before-writing', 'after-half', 'without-output'),
      keepGoing: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      kind: fc.constant('killed' as const),
      at: command,
      lost: fc.oneof(fc.constant(0), fc.nat(2000)),
    }),
  },
  record({ kind: fc.constant('cancelled' as const), at: command }),
  {
    weight: 3,
    arbitrary: record({
      kind: fc.constant('disturbed' as const),
      at: command,
      between: fc.boolean(),
      edit,
      back: fc.boolean(),
    }),
  },
);
const step: fc.Arbitrary<Step> = record({
  edits: fc.array(edit, { maxLength: 3 }),
  course,
  restart: fc.boolean(),
  checkpoint: fc.boolean(),
});

/** One project with its builder and its model, taken through steps. */
class Story {
  readonly #root = temporaryFolder('model');
  readonly #project = new Project(path.join(this.#root, 'project'));
  readonly #journalFile = path.join(this.#root, 'state/journal');
  #model = new ModelBuilder(this.#project);
  #journal = Journal.open(this.#journalFile);
  #around = surroundings(this.#journal, trustingClock);
  /** Actions of which the model cannot know whether the builder believes them up to date. */
  readonly #unsure = new Set<string>();
  readonly #everBuilt = new Set<string>();

  end(): void {
    this.#journal.close();
    fs.rmSync(this.#root, { recursive: true });
  }

  #restart(): void {
    this.#journal.close();
    this.#journal = Journal.open(this.#journalFile);
    this.#around = surroundings(this.#journal, trustingClock);
  }

  async take({ edits, course: how, restart, checkpoint }: Step): Promise<void> {
    if (checkpoint) this.#journal.writeCheckpoint(1);
    for (const each of edits) this.#project.apply(each);
    if (restart) this.#restart();
    else this.#around.files.invalidateAll();
    switch (how.kind) {
      case 'plain':
        return this.#plain(how.jobs);
      case 'dry':
        return this.#dry();
      case 'failing':
        return this.#failing(how);
      case 'killed':
        return this.#killed(how);
      case 'cancelled':
        return this.#cancelled(how.at);
      case 'disturbed':
        return this.#disturbed(how);
    }
  }

  async #build(
    intervention: Intervention,
    options: Parameters<typeof run>[3] = {},
    events: BuildEvent[] = [],
  ): ReturnType<typeof run> {
    const graph = graphOf(this.#project.actions());
    for (const action of this.#project.actions()) this.#everBuilt.add(action.id);
    return run(graph, this.#around, fakeSpawner(intervention), options, events);
  }

  async #plain(jobs: number): Promise<void> {
    const predicted = this.#model.predict();
    const observed = await this.#build({}, { jobs, keepGoing: true });
    expect(observed.summary.outcome).toBe(predicted.failed.size > 0 ? 'failed' : 'succeeded');
    this.#compareRuns(predicted, new Set(idsOf(observed, 'started')));
    expect(new Set(idsOf(observed, 'failed'))).toEqual(predicted.failed);
    this.#compareOutputs(predicted, predicted.made.keys());
    this.#learn(observed.events);
  }

  async #dry(): Promise<void> {
    const predicted = this.#model.predict();
    const before = snapshot(this.#root);
    const observed = await run(
      graphOf(this.#project.actions()),
      surroundings(Journal.read(this.#journalFile), trustingClock),
      fakeSpawner(),
      { dryRun: true },
    );
    expect(snapshot(this.#root)).toEqual(before);
    // Without running what comes first, it can only tell what may run.
    const foretold = new Set(idsOf(observed, 'would-run'));
    for (const id of predicted.runs) if (!this.#unsure.has(id)) expect(foretold).toContain(id);
  }

  async #failing(how: Extract<Course, { kind: 'failing' }>): Promise<void> {
    const actions = this.#project.actions().filter((action) => action.steps.length > 0);
    const victim = actions[how.at % actions.length]!;
    // A command also names what it reads; what it makes follows `-o`, or comes last.
    const isVictim = ({ argv }: SpawnRequest): boolean =>
      victim.outputs.includes(argv.includes('-o') ? argv[argv.indexOf('-o') + 1]! : argv.at(-1)!);
    const predicted = this.#model.predict(new Set([victim.id]));
    const left = new Map(victim.outputs.map((output) => [output, diskFiles.read(output)]));
    const observed = await this.#build(
      { failure: (request) => (isVictim(request) ? how.failure : undefined) },
      { keepGoing: how.keepGoing },
    );
    const started = new Set(idsOf(observed, 'started'));
    // A victim of which the model is unsure may run, fail, and keep others from running.
    if (this.#unsure.has(victim.id)) {
      // nothing can be said
    } else if (how.keepGoing) {
      this.#compareRuns(predicted, started);
    } else if (this.#unsure.size === 0) {
      for (const id of started) expect(predicted.runs).toContain(id);
    }
    const done = [...idsOf(observed, 'finished'), ...idsOf(observed, 'fresh')];
    this.#compareOutputs(predicted, this.#unsure.size === 0 ? done : idsOf(observed, 'finished'));
    for (const id of idsOf(observed, 'failed')) {
      if (id !== victim.id || how.failure === 'before-writing') continue;
      // No half of an output is left.
      for (const output of victim.outputs) {
        const now = diskFiles.read(output);
        // But what a killed build left may still be there.
        if (now !== left.get(output)) expect(now ?? '').toMatch(/^$|\n$/);
      }
    }
    this.#learn(observed.events);
  }

  async #killed(how: Extract<Course, { kind: 'killed' }>): Promise<void> {
    const predicted = this.#model.predict();
    const events: BuildEvent[] = [];
    const death = deferred<void>();
    const builds = this.#build(
      { killAt: how.at, killed: () => death.resolve() },
      { keepGoing: true },
      events,
    );
    await Promise.race([builds, death.promise]);
    // Whatever was under way in the process gets to its end, or never.
    await new Promise((resolve) => setImmediate(resolve));
    this.#journal.close();
    if (this.#unsure.size === 0)
      for (const id of idsOf({ events }, 'started')) expect(predicted.runs).toContain(id);
    this.#compareOutputs(predicted, idsOf({ events }, 'finished'));
    this.#learn(events);
    if (how.lost > 0) {
      const { size } = fs.statSync(this.#journalFile);
      fs.truncateSync(this.#journalFile, Math.max(0, size - how.lost));
      // Also of those that there are no more: a library may get its old name again.
      for (const id of this.#everBuilt) this.#unsure.add(id);
    }
    this.#restart();
  }

  async #cancelled(at: number): Promise<void> {
    const predicted = this.#model.predict();
    const controller = new AbortController();
    const observed = await this.#build(
      { before: (count) => count === at && controller.abort() },
      { signal: controller.signal, keepGoing: true },
    );
    this.#compareOutputs(predicted, idsOf(observed, 'finished'));
    this.#learn(observed.events);
  }

  async #disturbed(how: Extract<Course, { kind: 'disturbed' }>): Promise<void> {
    let disturbed = false;
    const disturb = (count: number): void => {
      if (count !== how.at) return;
      disturbed = true;
      // The file system's clock ticks every 4 to 10 ms, and no real compiler reads a file sooner after its start.
      const startMs = Date.now();
      while (Date.now() < startMs + 12);
      if (how.back) this.#project.apply({ kind: 'save' });
      this.#project.apply(how.edit);
    };
    const observed = await this.#build(how.between ? { between: disturb } : { before: disturb }, {
      keepGoing: true,
    });
    if (disturbed && how.back) this.#project.apply({ kind: 'restore' });
    // Which of the actions saw the edit is a matter of the moment; the next build has to be right all the same.
    for (const id of idsOf(observed, 'started')) this.#unsure.add(id);
    for (const action of this.#project.actions()) this.#unsure.add(action.id);
    this.#restart();
    await this.#plain(2);
  }

  /** An action that ran although it had not to, or did not although it had to, is an error unless the model is unsure of it. */
  #compareRuns(predicted: Prediction, started: ReadonlySet<string>): void {
    const known = (ids: ReadonlySet<string>): string[] =>
      [...ids]
        .filter((id) => !this.#unsure.has(id))
        .map((id) => path.relative(this.#root, id))
        .sort();
    expect(known(started)).toEqual(known(predicted.runs));
  }

  #compareOutputs(predicted: Prediction, ids: Iterable<string>): void {
    for (const id of ids) {
      for (const [file, text] of predicted.made.get(id) ?? []) {
        expect(`${path.relative(this.#root, file)}: ${diskFiles.read(file)}`).toBe(
          `${path.relative(this.#root, file)}: ${text}`,
        );
      }
    }
  }

  #learn(events: readonly BuildEvent[]): void {
    const finished = idsOf({ events }, 'finished');
    this.#model.remember(new Set([...finished, ...idsOf({ events }, 'fresh')]));
    for (const id of [...finished, ...idsOf({ events }, 'fresh')]) this.#unsure.delete(id);
  }
}

/** Every file below a folder with its content and time. */
function snapshot(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const stat = fs.statSync(path.join(folder, name));
      return `${name} ${stat.mtimeMs} ${stat.isFile() ? fs.readFileSync(path.join(folder, name), 'utf8') : ''}`;
    });
}

const seconds = Number(process.env['UNIGRAPH_MODEL_SECONDS'] ?? 15);
const seed = Number(process.env['UNIGRAPH_MODEL_SEED'] ?? 20261124);

test(
  'whatever is edited and whatever goes wrong, a build makes what one from nothing makes, and runs no more than it must',
  { timeout: (seconds + 120) * 1000 },
  async () => {
    let taken = 0;
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }),
      async (steps) => {
        const story = new Story();
        try {
          for (const each of steps) {
            await story.take(each);
            taken++;
          }
          await story.take({
            edits: [],
            course: { kind: 'plain', jobs: 2 },
            restart: true,
            checkpoint: false,
          });
        } finally {
          story.end();
        }
      },
    );
    process.stdout.write(
      `model: seed ${seed} (UNIGRAPH_MODEL_SEED), ${seconds} s (UNIGRAPH_MODEL_SECONDS)\n`,
    );
    // In portions, so that shrinking a failure takes the time that it needs.
    const endMs = Date.now() + seconds * 1000;
    for (let portion = 0; portion === 0 || Date.now() < endMs; portion++) {
      await fc.assert(property, { seed: seed + portion, numRuns: 10 });
    }
    process.stdout.write(`model: ${taken} steps\n`);
    expect(taken).toBeGreaterThan(10 * seconds);
  },
);
