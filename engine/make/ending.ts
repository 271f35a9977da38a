/** Thrown to end the run with a status; everything that has to be said has been said. */
export class MakeDeath extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.name = 'MakeDeath';
    this.status = status;
  }
}

/** A signal asked make to stop. */
export class MakeInterrupt extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.name = 'MakeInterrupt';
    this.signal = signal;
  }
}
