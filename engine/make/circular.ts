import type { Dependency, Target } from './target.ts';

/**
 * The prerequisites of a target, while it may lose some. From one that is lost in between the way goes on to what stood
 * behind it then.
 */
export function* walk(owner: Target): Iterable<Dependency> {
  let index = 0;
  let dependency = owner.dependencies[0];
  while (dependency !== undefined) {
    yield dependency;
    if (owner.dependencies[index] !== dependency) {
      index = owner.dependencies.indexOf(dependency);
      if (index < 0) {
        dependency = dependency.behind;
        if (dependency !== undefined) index = owner.dependencies.indexOf(dependency);
        continue;
      }
    }
    dependency = owner.dependencies[++index];
  }
}

/**
 * Drops a circular prerequisite of `owner`, one of the targets that the recipe of `target` makes. If all in front of
 * it are gone too, GNU make takes the rest as the list of `target`, whose ever it was.
 */
export function dropCircular(target: Target, owner: Target, dropped: Dependency, anyKept: boolean): void {
  const index = owner.dependencies.indexOf(dropped);
  if (!anyKept && owner !== target) {
    if (index >= 0) target.dependencies = owner.dependencies.slice(index + 1);
    return;
  }
  if (index >= 0) dropped.behind = owner.dependencies[index + 1];
  const without = (list: readonly Dependency[]): Dependency[] => list.filter((other) => other !== dropped);
  owner.dependencies = without(owner.dependencies);
  if (owner !== target) target.dependencies = without(target.dependencies);
}
