import { existsSync, readdirSync, readFileSync } from 'node:fs';

/*
 * A command runs as the leader of a process group (and session) of its own, whose id is its process id, so that
 * one kill reaches it and everything it started. Processes that call setsid() themselves leave the group; nothing
 * short of a control group could follow them.
 */

/** Sends a signal to every process of a group; false when the group has none. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    // A stopped process would keep the signal pending for ever.
    if (signal !== 'SIGKILL') process.kill(-group, 'SIGCONT');
    return true;
  } catch {
    return false;
  }
}

/** Whether a group has a process that is not a zombie. */
export function groupIsAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A zombie still counts for kill(), and in a container whose process 1 does not reap, for ever.
  return liveMembers(group) !== 0;
}

/**
 * Whether the group of a command that has been reaped lives on and is still that group. The kernel gives no new
 * process a number that names a group, so a process of that number means that the group is gone and the number used again.
 */
export function orphanedGroupIsAlive(group: number): boolean {
  return !existsSync(`/proc/${group}`) && groupIsAlive(group);
}

/** Processes of a group that run, from /proc; -1 where there is no /proc. Reads every process: only for the rare case. */
function liveMembers(group: number): number {
  let entries: string[];
  try {
    entries = readdirSync('/proc');
  } catch {
    return -1;
  }
  let count = 0;
  for (const entry of entries) {
    if (!/^\d/.test(entry)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
    } catch {
      continue;
    }
    // `pid (name) state ppid pgrp …`; the name may hold blanks and parentheses.
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
    if (Number(pgrp) === group && state !== 'Z' && state !== 'X') count++;
  }
  return count;
}
