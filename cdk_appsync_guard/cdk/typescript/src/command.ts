/**
 * Which program judges: `GUARD_COMMAND`, `cdk-appsync-guard`, `uvx`, or `pipx`, the first there is.
 *
 * The plugin looks through PATH itself: on Windows the operating system would begin with the working
 * directory, and so run what a repository contains.
 */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

const TOOL = 'cdk-appsync-guard';

/** A program by its full path, and the arguments before those of `scan`. */
export interface Command {
  readonly file: string;
  readonly first: readonly string[];
}

/** Return the program. Throw one line that says what to install if there is none. */
export function findCommand(
  given: readonly string[] | undefined,
  version: string,
  environment: NodeJS.ProcessEnv,
): Command {
  if (given !== undefined) {
    return named(given, 'the option `command`', environment);
  }
  if (environment.GUARD_COMMAND?.trim()) {
    return named(wordsOf(environment.GUARD_COMMAND.trim()), 'GUARD_COMMAND', environment);
  }
  for (const [program, first] of known(version)) {
    const file = which(program, environment);
    if (file !== undefined) {
      return { file, first };
    }
  }
  throw new Error(missing(version));
}

/** Return what to install, in one line. */
export function missing(version: string): string {
  return (
    `none of ${TOOL}, uvx, and pipx is on PATH: install one, for instance with` +
    ` \`pipx install ${TOOL}==${version}\`, or set GUARD_COMMAND to the program to run`
  );
}

/** Return what runs the tool; what fetches it fetches the release that the plugin is made for. */
function known(version: string): [string, string[]][] {
  return [
    [TOOL, []],
    ['uvx', [`${TOOL}@${version}`]],
    ['pipx', ['run', '--spec', `${TOOL}==${version}`, TOOL]],
  ];
}

function named(words: readonly string[], by: string, environment: NodeJS.ProcessEnv): Command {
  const [program = '', ...first] = words;
  const file = /[\\/]/.test(program) ? existing(resolve(program)) : which(program, environment);
  if (file === undefined) {
    throw new Error(`${by} names \`${program}\`, and there is no such program`);
  }
  return { file, first };
}

/** Return the words of GUARD_COMMAND: a JSON list, the path of a file, or words with blanks between. */
function wordsOf(text: string): readonly string[] {
  if (text.startsWith('[')) {
    return fromJson(text);
  }
  return existing(resolve(text)) === undefined ? text.split(/\s+/) : [resolve(text)];
}

function fromJson(text: string): readonly string[] {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    words = undefined;
  }
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
    throw new Error('GUARD_COMMAND begins with `[` but is not a JSON list of strings');
  }
  return words;
}

function which(program: string, environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment.PATH ?? environment.Path ?? '';
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = existing(join(folder, program));
    if (program && file !== undefined) {
      return file;
    }
  }
  return undefined;
}

/** Return the file if it can be run; on Windows, Node runs only what ends with `.exe` without a shell. */
function existing(file: string): string | undefined {
  const names = process.platform === 'win32' ? [`${file}.exe`, file] : [file];
  return names.find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
