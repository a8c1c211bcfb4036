/**
 * The part of the JSON report that the guard shows.
 *
 * The whole is described by `cdk_appsync_guard/reporters/report.schema.json`.
 */

import { lastWords } from './run';
import type { Output } from './run';

/** The version of the format: it is raised when a key goes or changes its meaning. */
export const VERSION = 2;

export interface Place {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly logical_id: string | null;
  readonly construct_path: string | null;
}

export interface Symptom {
  readonly channel: string;
  readonly status: number | null;
  readonly error_type: string | null;
  readonly message: string | null;
}

export interface Finding {
  readonly rule: string;
  readonly category: string;
  readonly severity: string;
  readonly title: string;
  readonly message: string;
  readonly symptom: Symptom | null;
  readonly remediation: string;
  readonly references: readonly string[];
  readonly location: Place;
  readonly excerpt: { readonly text: string } | null;
  readonly api: string | null;
  readonly coordinate: string | null;
  readonly scenario: string | null;
  readonly suppressed: { readonly by: string } | null;
  readonly consequences: readonly { readonly rule: string; readonly message: string }[];
}

export interface Question {
  readonly reason: string;
  readonly would_decide: string;
  readonly rules: readonly { readonly rule: string; readonly location: Place }[];
}

export interface Problem {
  readonly message: string;
  readonly help: string | null;
  readonly location: Place | null;
}

export interface Report {
  readonly findings: readonly Finding[];
  readonly undecided: readonly Question[];
  readonly problems: readonly Problem[];
}

/** Return the report that the program wrote. Throw one line if it wrote none, or one of another version. */
export function readReport(output: Output, release: string): Report {
  const written = parsed(output.stdout);
  if (written?.version === undefined) {
    const words = lastWords(output) || 'it wrote no report';
    throw new Error(`cdk-appsync-guard ended with exit code ${output.code}: ${words}`);
  }
  if (written.version !== VERSION) {
    const by = written.tool?.version === undefined ? '' : ` ${written.tool.version}`;
    throw new Error(
      `cdk-appsync-guard${by} writes version ${JSON.stringify(written.version)} of the report, and this` +
        ` plugin reads version ${VERSION}: install cdk-appsync-guard ${release}`,
    );
  }
  return written as unknown as Report;
}

interface Written {
  readonly version?: unknown;
  readonly tool?: { readonly version?: string };
}

function parsed(text: string): Written | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return data !== null && typeof data === 'object' ? data : undefined;
  } catch {
    return undefined;
  }
}
