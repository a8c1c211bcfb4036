/** AppSyncGuard: the scan of the command line as a plugin of CDK's own validation. */

import { dirname, sep } from 'node:path';
import { findCommand } from './command';
import { scanArguments } from './options';
import type { AppSyncGuardOptions } from './options';
import { readReport } from './report';
import type { Report } from './report';
import { run } from './run';
import { remarksOf, toViolation } from './violations';
import type { Remark, Violation } from './violations';
import { safe } from './words';

/** What CDK tells a plugin, as far as the guard reads it. */
export interface PluginContext {
  readonly templatePaths: string[];
}

/** What CDK is told. */
export interface PluginReport {
  readonly success: boolean;
  readonly violations: Violation[];
}

const KINDS: readonly string[] = ['error', 'warning', 'info', 'undecided'];
const SECONDS = 120;

/**
 * Makes `cdk synth` fail on AppSync requests that would come back Unauthorized.
 *
 * `Validations.of(app).addPlugins(new AppSyncGuard())`. It runs on the final templates, those of all
 * stages at once, and reads them only.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
 */
export class AppSyncGuard {
  /** The name in CDK's report; with `::` it leads the ids to acknowledge. */
  public readonly name = 'AppSyncGuard';

  /** The version of this package, and of the program that it fetches. */
  public readonly version: string = release();

  public constructor(private readonly options: AppSyncGuardOptions = {}) {}

  /** Return CDK's report of the templates that were just written. */
  public validate(context: PluginContext): PluginReport {
    const folders = outermost(context.templatePaths);
    if (folders.length === 0) {
      return { success: true, violations: [] };
    }
    try {
      return this.judge(folders);
    } catch (error) {
      throw new Error(safe((error as Error).message)); // CDK shows this and no stack
    }
  }

  private judge(folders: readonly string[]): PluginReport {
    const command = findCommand(this.options.command, this.version, process.env);
    const args = scanArguments(this.options, folders);
    const output = run(command, args, this.options.timeout ?? SECONDS);
    const report = readReport(output, this.version);
    const remarks = remarksOf(report);
    const worst = this.options.failOn ?? failedOn(output.code, report, remarks);
    const violations = remarks.map((one) => toViolation(one, isAsBad(one.kind, worst)));
    return { success: !remarks.some((one) => isAsBad(one.kind, worst)), violations };
  }
}

/** Return the least bad kind that certainly made the program fail, by its exit code. */
function failedOn(code: number, report: Report, remarks: readonly Remark[]): string {
  if (code === 0) {
    return 'never';
  }
  const kinds = [
    ...report.findings.filter((one) => !one.suppressed).map((one) => one.severity),
    ...remarks.filter((one) => one.kind === 'undecided').map((one) => one.kind),
  ];
  return report.problems.length > 0 ? 'error' : (KINDS.find((kind) => kinds.includes(kind)) ?? 'error');
}

function isAsBad(kind: string, least: string): boolean {
  return KINDS.indexOf(kind) <= KINDS.indexOf(least);
}

/** Return the folders of the templates without those that lie in another of them. */
export function outermost(templates: readonly string[]): string[] {
  const folders = [...new Set(templates.map((file) => dirname(file)))].sort();
  return folders.filter((one) => !folders.some((other) => one.startsWith(other + sep)));
}

function release(): string {
  return (require('../package.json') as { version: string }).version;
}
