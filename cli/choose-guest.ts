import { nearest } from '../engine/nearest.ts';
import { fail, ok, type Result } from '../engine/result.ts';
import type { Diagnostic } from '../engine/location.ts';
import type { Guest, GuestRegistry } from '../rules/run/guest-registry.ts';

/** The guest of this name; without a name, the only one that `fits`. */
export function chooseGuest(
  registry: GuestRegistry,
  name: string | undefined,
  fits: (guest: Guest) => boolean,
): Result<Guest, Diagnostic> {
  const guests = registry.list();
  if (name !== undefined) {
    const guest = registry.find(name);
    if (guest !== undefined) return ok(guest);
    const meant = nearest(
      name,
      guests.map((other) => other.name),
    );
    return fail({
      message: `there is no guest '${name}'`,
      ...(meant === undefined ? {} : { hint: `Did you mean '${meant}'?` }),
    });
  }
  const fitting = guests.filter(fits);
  if (fitting.length === 1) return ok(fitting[0]!);
  if (fitting.length === 0)
    return fail({ message: 'there is no such guest', hint: "See 'unigraph ps --all'." });
  return fail({ message: `which guest? There are ${fitting.map((guest) => guest.name).join(', ')}` });
}
