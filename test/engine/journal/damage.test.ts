import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../../engine/journal/journal.ts';
import { FRAME_HEADER_BYTES, journalHeader } from '../../../engine/journal/frames.ts';
import type { Manifest } from '../../../engine/journal/manifest.ts';
import { diskFiles, fakeSpawner } from '../graph/fake-spawner.ts';
import { ModelBuilder } from '../graph/model-builder.ts';
import { Project } from '../graph/model-project.ts';
import { graphOf, run, surroundings, temporaryFolder, trustingClock } from '../graph/rig.ts';

/*
 * The journal of a small build, cut at every byte and with every bit flipped. What is still believed must be what was
 * written; and a build on it must give what one from nothing gives.
 */

let root: string;
let project: Project;
let file: string;
let whole: Buffer;

beforeEach(async () => {
  root = temporaryFolder('damage');
  project = new Project(path.join(root, 'project'));
  file = path.join(root, 'state/journal');
  await buildOn();
  whole = fs.readFileSync(file);
});
afterEach(() => fs.rmSync(root, { recursive: true }));

/** Builds with the journal as it is on the disk. */
async function buildOn(): Promise<void> {
  const journal = Journal.open(file);
  const { summary } = await run(
    graphOf(project.actions()),
    surroundings(journal, trustingClock),
    fakeSpawner(),
  );
  journal.close();
  expect(summary.outcome).toBe('succeeded');
}

/** What each output should hold, by the model. */
function expectRightOutputs(): void {
  for (const outputs of new ModelBuilder(project).predict().made.values())
    for (const [name, text] of outputs) expect(diskFiles.read(name)).toBe(text);
}

/** What is believed of the actions, as text that compares. */
function believed(): Map<string, string> {
  const journal = Journal.read(file);
  const text = ({
    inputs,
    outputs,
    symbols,
    commandWords,
    environment,
    lookups,
    ...rest
  }: Manifest): string => {
    const names = (ids: Iterable<number>, stride = 1): string[] =>
      Array.from(ids, (id, at) => (at % stride === 0 ? journal.strings.text(id) : String(id)));
    return JSON.stringify([
      names(inputs, 3),
      names(outputs, 3),
      names(symbols),
      names(commandWords),
      names(lookups),
      journal.strings.text(environment),
      rest,
    ]);
  };
  return new Map(
    journal.actionIds().flatMap((id) => {
      const manifest = journal.manifest(id);
      return manifest === undefined ? [] : [[id, text(manifest)]];
    }),
  );
}

/** The ends of all frames. */
function boundaries(): number[] {
  const ends = [journalHeader().length];
  for (let at = ends[0]!; at < whole.length; ends.push(at)) at += FRAME_HEADER_BYTES + whole.readUInt32LE(at);
  return ends;
}

describe('a journal', () => {
  test('that was cut at any byte is believed up to the frame before', () => {
    const ends = boundaries();
    const states = ends.map((end) => {
      fs.writeFileSync(file, whole.subarray(0, end));
      return JSON.stringify([...believed()]);
    });
    expect(states.at(-1)).not.toBe('[]');
    expect(new Set(states).size).toBeGreaterThan(project.actions().length / 2);
    for (let cut = 0; cut < whole.length; cut++) {
      fs.writeFileSync(file, whole.subarray(0, cut));
      const frames = ends.filter((end) => end <= cut).length;
      expect(JSON.stringify([...believed()]), `cut at ${cut}`).toBe(frames === 0 ? '[]' : states[frames - 1]);
    }
  });

  test('that was cut between any two frames builds what a build from nothing does', async () => {
    for (const end of boundaries()) {
      fs.writeFileSync(file, whole.subarray(0, end));
      fs.appendFileSync(file, whole.subarray(end, end + 5));
      project.apply({ kind: 'output', output: end, how: 'edit' });
      await buildOn();
      expectRightOutputs();
    }
  });

  test('with any bit flipped is believed only where it is as it was written', () => {
    const written = believed();
    let fewer = 0;
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      fs.writeFileSync(file, damaged);
      const left = believed();
      if (left.size < written.size) fewer++;
      for (const [id, text] of left)
        if (written.get(id) !== text) expect(text, `bit ${bit}`).toBe(written.get(id));
    }
    expect(fewer).toBeGreaterThan(4 * whole.length);
  }, 240_000);

  test('with a bit flipped here and there builds what a build from nothing does', async () => {
    for (let bit = 3; bit < 8 * whole.length; bit += 1009) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      fs.writeFileSync(file, damaged);
      project.apply({ kind: 'output', output: bit, how: 'truncate' });
      await buildOn();
      expectRightOutputs();
    }
  });

  test('of another version, or none at all, is as if there were none', async () => {
    for (const content of ['unigraph journal 1\nold', '', 'garbage'.repeat(100), '\0'.repeat(5000)]) {
      fs.writeFileSync(file, content);
      expect(believed().size).toBe(0);
      await buildOn();
      expect(believed().size).toBeGreaterThan(0);
      expectRightOutputs();
    }
  });
});

describe('a journal with a checkpoint', () => {
  let checkpoint: string;

  /** Writes one now. */
  function checkpointNow(): void {
    const journal = Journal.open(file);
    journal.writeCheckpoint(1);
    journal.close();
    expect(fs.existsSync(checkpoint)).toBe(true);
  }

  beforeEach(() => {
    checkpoint = `${file}.checkpoint`;
  });

  test('tells what it tells without one', () => {
    const without = believed();
    checkpointNow();
    expect(believed()).toEqual(without);
    expect(without.size).toBeGreaterThan(5);
  });

  test('is not read before the checkpoint, and is after it', async () => {
    checkpointNow();
    // Were it read from its start, nothing would be believed.
    const damaged = Buffer.from(whole);
    damaged[journalHeader().length + 2]! ^= 1;
    fs.writeFileSync(file, damaged);
    expect(believed().size).toBeGreaterThan(5);
    project.apply({ kind: 'output', output: 3, how: 'edit' });
    await buildOn();
    expectRightOutputs();
    const withTail = believed();
    checkpointNow();
    expect(believed()).toEqual(withTail);
  });

  test('of another journal is not believed', async () => {
    checkpointNow();
    const foreign = fs.readFileSync(checkpoint);
    fs.rmSync(file);
    project.apply({ kind: 'output', output: 1, how: 'delete' });
    await buildOn();
    const own = believed();
    fs.writeFileSync(checkpoint, foreign);
    expect(believed()).toEqual(own);
    fs.writeFileSync(file, whole.subarray(0, whole.length - 1));
    expect(believed().size).toBeLessThanOrEqual(own.size);
    await buildOn();
    expectRightOutputs();
  });

  test('that was cut at any byte is as if there were none', () => {
    checkpointNow();
    const written = believed();
    const intact = fs.readFileSync(checkpoint);
    for (let cut = 0; cut < intact.length; cut += 97) {
      fs.writeFileSync(checkpoint, intact.subarray(0, cut));
      expect(believed(), `cut at ${cut}`).toEqual(written);
    }
  });

  test('of which any bit was flipped is as if there were none', () => {
    checkpointNow();
    const written = JSON.stringify([...believed()].sort());
    const intact = fs.readFileSync(checkpoint);
    for (let bit = 0; bit < 8 * intact.length; bit += 37) {
      const damaged = Buffer.from(intact);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      fs.writeFileSync(checkpoint, damaged);
      expect(JSON.stringify([...believed()].sort()), `bit ${bit}`).toBe(written);
    }
  });

  test('believes a manifest of which any bit was flipped no more, and all others', async () => {
    checkpointNow();
    const written = believed();
    for (let bit = 8 * journalHeader().length; bit < 8 * whole.length; bit += 41) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      fs.writeFileSync(file, damaged);
      const left = believed();
      for (const [id, text] of left)
        if (written.get(id) !== text) expect(text, `bit ${bit}`).toBe(written.get(id));
      if (bit % 10 !== 0) continue;
      project.apply({ kind: 'output', output: bit, how: 'truncate' });
      await buildOn();
      expectRightOutputs();
      fs.writeFileSync(file, whole);
    }
  }, 120_000);
});
