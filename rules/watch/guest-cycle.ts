import { digestOfPieces, formatDigest } from '../../engine/digest/hash.ts';
import { nodeDisk } from '../../engine/disk.ts';
import type { Diagnostic } from '../../engine/location.ts';
import type { Result } from '../../engine/result.ts';
import { exitStatus, type GuestPlan } from '../run/guest-plan.ts';
import { GuestRegistry } from '../run/guest-registry.ts';
import { MachineCache } from '../run/machine-cache.ts';
import { planGuest, type PlanRequest } from '../run/plan-guest.ts';
import { describeEnd, runRecorded } from '../run/run-recorded.ts';
import type { Environment } from '../workspace/working-folders.ts';
import type { WatchSink } from './watch-event.ts';

export interface GuestCycleOptions {
  /** What to boot; asked for before each boot, because another configuration may make another image. */
  readonly request: () => Promise<Result<PlanRequest, Diagnostic>>;
  readonly environment: Environment;
  readonly cwd: string;
  /** The guest's console. */
  readonly output: NodeJS.WriteStream;
  readonly emit: WatchSink;
}

interface Running {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** One guest at a time: each image that is new takes the place of the guest before. */
export class GuestCycle {
  readonly #options: GuestCycleOptions;
  #running: Running | undefined;
  #booted = '';
  /** The restarts one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: GuestCycleOptions) {
    this.#options = options;
  }

  /**
   * Ends the guest that runs and boots the image. Returns at once.
   * @param always also when the image is the one that was booted last
   */
  restart(always: boolean): void {
    this.#queue = this.#queue.then(() => this.#restart(always));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.abort.abort();
    await this.#queue;
    await this.#end();
  }

  async #restart(always: boolean): Promise<void> {
    const { emit, environment, cwd } = this.#options;
    if (this.#closed) return;
    const request = await this.#options.request();
    if (!request.ok) return emit({ kind: 'guest-refused', diagnostic: request.error });
    const digest = imageDigest(request.value.image.path);
    if (!always && digest === this.#booted) return emit({ kind: 'guest-kept' });
    // Its ports must be free before the next one is planned.
    await this.#end();
    const planned = await planGuest(request.value, environment, cwd, new MachineCache(environment));
    if (!planned.ok) return emit({ kind: 'guest-refused', diagnostic: planned.error });
    for (const text of planned.value.notes) emit({ kind: 'notice', text });
    this.#booted = digest;
    this.#start(planned.value.plan, request.value);
  }

  #start(plan: GuestPlan, { options }: PlanRequest): void {
    const { emit, environment, output } = this.#options;
    const abort = new AbortController();
    if (this.#closed) abort.abort();
    const entry = {
      name: guestName(environment, plan.image.name),
      gdbPort: options.gdbPort,
      ports: options.forwards.map(
        ({ address, host, guest, protocol }) => `${address}:${host}->${guest}/${protocol}`,
      ),
      background: false,
    };
    emit({ kind: 'guest-started', image: plan.image.path });
    const ended = runRecorded(plan, entry, {
      environment,
      output,
      input: undefined,
      note: (text) => emit({ kind: 'notice', text }),
      signal: abort.signal,
    }).then((end) => {
      if (end.kind === 'interrupted') return;
      const said = describeEnd(end);
      emit({ kind: 'guest-ended', end, status: exitStatus(end), ...(said !== undefined && { said }) });
    });
    this.#running = { abort, ended };
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    await running?.ended;
  }
}

function guestName(environment: Environment, wanted: string): string {
  try {
    return new GuestRegistry(environment).reserve(wanted);
  } catch (error) {
    // The list of guests cannot be written: no reason not to run one.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return wanted;
  }
}

function imageDigest(file: string): string {
  const digest = digestOfPieces((take) => nodeDisk.read(file, take));
  return digest === undefined ? '' : formatDigest(digest);
}
