import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { directSpawner } from './direct-spawner.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import type { FromHelper, OutcomeHead, ToHelper } from './helper-protocol.ts';
import { Interruption } from './interruption.ts';
import { signalGroup } from './process-group.ts';
import type { Spawner, SpawnerOptions, SpawnRequest } from './spawner.ts';

/*
 * The program of the spawn helper: reads requests from descriptor 0, runs them with the direct spawner, writes
 * outcomes to descriptor 1. It imports next to nothing, since its memory is what each fork copies. When descriptor 0
 * ends without a word, the process that asked is gone, whatever the reason: every command is killed.
 */

/** Time for commands to remove their temporary files after the process that asked for them has died. */
const orphanGraceMs = 200;

const isPipe = (fd: number): boolean => {
  const stat = fstatSync(fd);
  return stat.isSocket() || stat.isFIFO();
};
if (!isPipe(0) || !isPipe(1)) {
  process.stderr.write('unigraph starts this program itself, to launch the commands of a build\n');
  process.exit(2);
}

/** How long the asking process may be without knowing what runs. */
const announceAfterMs = 20;

// Not process.stdin/stdout: those write synchronously to a pipe, and a command's output may be large.
const input = new Socket({ fd: 0, readable: true, writable: false });
const output = new Socket({ fd: 1, readable: false, writable: true });

const environments = new Map<number, Readonly<Record<string, string>>>();
const running = new Map<number, AbortController>();
const groups = new Map<number, number>();
let spawner: Spawner | undefined;
let options: SpawnerOptions = {};
const requestIds = new WeakMap<SpawnRequest, number>();

const reader = new FrameReader<ToHelper>((message, tail) => {
  switch (message.type) {
    case 'options':
      options = message.options;
      break;
    case 'environment':
      if (message.forget) environments.clear();
      environments.set(message.id, message.environment);
      break;
    case 'run':
      void run(message, tail);
      break;
    case 'cancel':
      running.get(message.id)?.abort(new Interruption(message.signal));
      break;
    case 'close':
      void close();
      break;
  }
});

async function run(message: ToHelper & { type: 'run' }, tail: Buffer): Promise<void> {
  const { id, argv, cwd, files } = message;
  const request: SpawnRequest = {
    argv,
    cwd,
    environment: environments.get(message.environment) ?? {},
    files,
    ...(message.stdin ? { stdin: tail } : {}),
  };
  requestIds.set(request, id);
  spawner ??= directSpawner({
    ...options,
    onStart: (started, group) => {
      const startedId = requestIds.get(started)!;
      groups.set(startedId, group);
      announce(startedId, group);
    },
  });
  const controller = new AbortController();
  running.set(id, controller);
  const outcome = await spawner.run(request, controller.signal);
  running.delete(id);
  groups.delete(id);
  unannounced.delete(id);
  if ('output' in outcome) {
    const { output: bytes, ...head } = outcome;
    send({ type: 'ended', id, outcome: head }, bytes);
  } else {
    send({ type: 'ended', id, outcome: outcome satisfies OutcomeHead });
  }
}

/** Groups that the asking process has not been told of. */
const unannounced = new Map<number, number>();
let announcement: NodeJS.Timeout | undefined;

/**
 * Tells which group a command is. The asking process needs it only if this one dies, so that several are told at once, and
 * a short command not at all: each message wakes that process, which costs a build as much as recording a result.
 */
function announce(id: number, group: number): void {
  unannounced.set(id, group);
  announcement ??= setTimeout(() => {
    announcement = undefined;
    output.cork();
    for (const [each, itsGroup] of unannounced) send({ type: 'started', id: each, group: itsGroup });
    output.uncork();
    unannounced.clear();
  }, announceAfterMs);
}

function send(message: FromHelper, tail?: Uint8Array): void {
  if (!output.destroyed) output.write(encodeFrame(message, tail));
}

let closing = false;
async function close(): Promise<void> {
  closing = true;
  await spawner?.close();
  // The last outcomes are on their way; the asking process reads to the end.
  output.end(() => process.exit(0));
}

function orphaned(): void {
  if (closing) return;
  closing = true;
  setTimeout(() => {
    for (const group of groups.values()) signalGroup(group, 'SIGKILL');
  }, orphanGraceMs).unref();
  void (spawner?.close() ?? Promise.resolve()).finally(() => process.exit(1));
}

input.on('data', (chunk: Buffer) => reader.push(chunk));
input.on('end', orphaned);
input.on('error', orphaned);
output.on('error', orphaned);
// The terminal's signals are for the asking process, which passes on what it wants; SIGTERM is meant for us.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', orphaned);
