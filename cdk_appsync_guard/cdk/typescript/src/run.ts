/** A command, run once without a shell → what it wrote. Neither time nor memory is unlimited. */

import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import type { Command } from './command';

const MOST_BYTES = 256 * 1024 * 1024;
const SHOWN = 600;

/** What a program wrote, and its exit code. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run the command, and throw one line if it cannot be run or does not come to an end. */
export function run(command: Command, args: readonly string[], seconds: number): Output {
  const done = spawnSync(command.file, [...command.first, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: seconds * 1000,
    windowsHide: true,
    // In a group of its own, so that what the program started ends with it; uvx and pipx start one.
    ...({ detached: process.platform !== 'win32' } as object),
  });
  const problem = problemOf(done, seconds);
  if (problem !== undefined) {
    endGroup(done.pid);
    throw new Error(`\`${command.file}\` ${problem}`);
  }
  return { code: done.status ?? 2, stdout: done.stdout, stderr: done.stderr };
}

/** Return the last words of a program that failed, on one line. */
export function lastWords(output: Output): string {
  const words = output.stderr.split(/\s+/).filter(Boolean).join(' ');
  return words.length > SHOWN ? `…${words.slice(-SHOWN)}` : words;
}

function problemOf(done: SpawnSyncReturns<string>, seconds: number): string | undefined {
  const code = (done.error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ETIMEDOUT') {
    return `did not finish within ${seconds} seconds: give the guard a longer \`timeout\``;
  }
  if (code === 'ENOBUFS') {
    return `wrote more than ${MOST_BYTES / 1024 / 1024} MB`;
  }
  if (done.error) {
    return `cannot be run: ${done.error.message}`;
  }
  return done.signal ? `was ended by ${done.signal}` : undefined;
}

function endGroup(pid: number): void {
  if (process.platform === 'win32' || !pid) {
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing was left of it.
  }
}
