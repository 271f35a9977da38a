import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Process ids of running processes (no zombies) whose environment has `name=value`. */
export function processesWith(name: string, value: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        // A zombie has no environment left.
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${name}=${value}`);
      } catch {
        return false;
      }
    });
}

/** Waits until a condition holds that nothing announces; fails after `ms`. */
export async function eventually(condition: () => boolean, ms = 10_000): Promise<void> {
  for (const end = Date.now() + ms; !condition();) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition.toString()}`);
    await sleep(5);
  }
}
