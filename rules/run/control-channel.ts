import type { Duplex } from 'node:stream';

/** Why QEMU ends by itself: the reasons of QMP's SHUTDOWN event that matter here. */
export type ShutdownReason = 'guest-shutdown' | 'guest-reset' | 'guest-panic' | 'host';

/**
 * QEMU's control protocol (QMP) on a stream: listens for the end of the guest.
 * A guest that ends QEMU through isa-debug-exit causes no event: that is how its status 0 (exit code 1) is told from
 * a failure of QEMU.
 */
export class ControlChannel {
  #rest = '';
  #reason: ShutdownReason | undefined;
  #greeted = false;

  constructor(stream: Duplex) {
    stream.on('error', () => {});
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#take(text));
    // Without this, QEMU sends no events.
    stream.write('{"execute":"qmp_capabilities"}\n');
  }

  get reason(): ShutdownReason | undefined {
    return this.#reason;
  }

  /** QEMU has got as far as talking. */
  get greeted(): boolean {
    return this.#greeted;
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const message = parse(line);
      if (message === undefined) continue;
      if ('QMP' in message) this.#greeted = true;
      if (message['event'] === 'SHUTDOWN') this.#reason ??= shutdownReason(message['data']);
      if (message['event'] === 'GUEST_PANICKED') this.#reason = 'guest-panic';
    }
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function shutdownReason(data: unknown): ShutdownReason {
  const reason =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)['reason'] : undefined;
  return reason === 'guest-shutdown' || reason === 'guest-reset' || reason === 'guest-panic'
    ? reason
    : 'host';
}
