/** The options of the guard, and the arguments of `cdk-appsync-guard scan` that they are. */

/** The least bad thing that makes synth fail. */
export type FailOn = 'error' | 'warning' | 'info' | 'undecided' | 'never';

/**
 * The options of `cdk-appsync-guard scan`, on top of the nearest configuration file
 * (`.appsync-guard.toml`, or `pyproject.toml`) above the working directory.
 */
export interface AppSyncGuardOptions {
  /** The least bad thing that makes synth fail. Default: what the configuration says, else errors. */
  readonly failOn?: FailOn;
  /** Apply these rules alone: ids and categories, `default`, `all`. */
  readonly select?: readonly string[];
  /** Do not apply these rules. */
  readonly ignore?: readonly string[];
  /** Folders of further rules. */
  readonly rules?: readonly string[];
  /** Values of template parameters by `Name` or `Stack:Name`, or files that hold them. */
  readonly parameters?: Readonly<Record<string, string>> | readonly string[];
  /** SDL files by API name or logical id. */
  readonly schemas?: Readonly<Record<string, string>>;
  /** The region, where the stacks do not say it. */
  readonly region?: string;
  /** The account, where the stacks do not say it. */
  readonly account?: string;
  /** A file of findings that are accepted. */
  readonly baseline?: string;
  /** The configuration file, instead of the nearest one. */
  readonly config?: string;
  /** The program and its first arguments, instead of the search that the README describes. */
  readonly command?: readonly string[];
  /** How many seconds it may take. Default: 120. */
  readonly timeout?: number;
}

/** Return the arguments; whatever an option or a folder is called, it stays one argument. */
export function scanArguments(options: AppSyncGuardOptions, folders: readonly string[]): string[] {
  const named: [string, readonly string[]][] = [
    ['fail-on', listed(options.failOn)],
    ['select', listed(options.select)],
    ['ignore', listed(options.ignore)],
    ['rules', listed(options.rules)],
    ['parameters', parametersOf(options)],
    ['schema', Object.entries(options.schemas ?? {}).map(([api, file]) => pair(api, file))],
    ['region', listed(options.region)],
    ['account', listed(options.account)],
    ['baseline', listed(options.baseline)],
    ['config', listed(options.config)],
  ];
  const given = named.flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
  return ['scan', '--format=json', '--no-progress', ...given, '--', ...folders];
}

function parametersOf({ parameters = [] }: AppSyncGuardOptions): readonly string[] {
  if (isList(parameters)) {
    return parameters;
  }
  return Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
}

function pair(api: string, file: string): string {
  return api ? `${api}=${file}` : file;
}

function listed(given: string | readonly string[] | undefined): readonly string[] {
  return given === undefined ? [] : typeof given === 'string' ? [given] : given;
}

function isList(given: object): given is readonly string[] {
  return Array.isArray(given);
}
