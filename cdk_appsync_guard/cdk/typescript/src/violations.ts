/**
 * A report → the violations that CDK shows, worst first. Equal words about several constructs are one.
 *
 * The types are CDK's own in shape, so that the plugin fits every release of aws-cdk-lib.
 */

import { resolve } from 'node:path';
import type { Finding, Place, Problem, Question, Report } from './report';
import { advice, description, details, placeWords, safe } from './words';

/** A construct that a violation is about. */
export interface ViolatingResource {
  readonly resourceLogicalId: string;
  readonly templatePath: string;
  readonly locations: string[];
  readonly constructPath?: string;
}

/** One entry of CDK's validation report. */
export interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly fix: string;
  readonly severity: string;
  readonly ruleMetadata?: Record<string, string>;
  readonly violatingResources: ViolatingResource[];
}

/** One thing to say. `kind` is a severity of ours, or undecided. */
export interface Remark {
  readonly rule: string;
  readonly kind: string;
  readonly description: string;
  readonly fix: string;
  readonly places: readonly Place[];
  readonly details?: Record<string, string>;
}

/**
 * Return what is to be said, without what was suppressed.
 *
 * What the app acknowledges is said: CDK leaves it out by itself, and notes that it did.
 */
export function remarksOf(report: Report): Remark[] {
  const active = report.findings.filter((one) => !one.suppressed || one.suppressed.by === 'cdk');
  return [
    ...report.problems.map(unreadable),
    ...merged(active.map(found)),
    ...report.undecided.map(asked),
  ];
}

/**
 * Return the violation; its severity is an error if, and only if, it makes synth fail.
 *
 * CDK judges by the severity alone once something is acknowledged.
 */
export function toViolation(remark: Remark, fails: boolean): Violation {
  const milder = { error: 'warning', undecided: 'info' }[remark.kind] ?? remark.kind;
  const known = Object.entries(remark.details ?? {}).map(([key, value]) => [key, safe(value)]);
  return {
    ruleName: remark.rule,
    description: safe(remark.description),
    fix: safe(remark.fix),
    severity: fails ? 'error' : milder,
    ...(known.length > 0 && { ruleMetadata: Object.fromEntries(known) as Record<string, string> }),
    violatingResources: remark.places.map(resource),
  };
}

function found(finding: Finding): Remark {
  return {
    rule: finding.rule,
    kind: finding.severity,
    description: description(finding),
    fix: advice(finding),
    places: [finding.location],
    details: details(finding),
  };
}

function asked(question: Question): Remark {
  return {
    rule: 'undecided',
    kind: 'undecided',
    description: `cannot be decided: ${question.reason}`,
    fix: `Decide it with ${question.would_decide}`,
    places: distinct(question.rules.map((one) => one.location)),
    details: { rules: [...new Set(question.rules.map((one) => one.rule))].join(', ') },
  };
}

function unreadable(problem: Problem): Remark {
  const where = problem.location ? `${placeWords(problem.location)}: ` : '';
  return {
    rule: 'unreadable-input',
    kind: 'error',
    description: where + problem.message,
    fix: problem.help ?? '',
    places: [problem.location ?? NOWHERE],
  };
}

const NOWHERE: Place = {
  file: 'cdk.out',
  line: null,
  column: null,
  path: '',
  logical_id: null,
  construct_path: null,
};

function merged(remarks: readonly Remark[]): Remark[] {
  const groups = new Map<string, Remark[]>();
  for (const remark of remarks) {
    const key = JSON.stringify([remark.rule, remark.description, remark.fix]);
    groups.set(key, [...(groups.get(key) ?? []), remark]);
  }
  return [...groups.values()].map((group) => ({
    ...(group[0] as Remark),
    places: distinct(group.flatMap((remark) => remark.places)),
  }));
}

/** Return the first place in each construct. */
function distinct(places: readonly Place[]): Place[] {
  const first = new Map<string, Place>();
  for (const place of places) {
    const key = JSON.stringify([place.file, place.logical_id, place.construct_path]);
    first.set(key, first.get(key) ?? place);
  }
  return [...first.values()];
}

/** Return the construct; CDK finds it by itself if only its template and name are known. */
function resource(place: Place): ViolatingResource {
  const isTemplate = place.file.endsWith('.json');
  const steps = place.logical_id && isTemplate ? place.path.split('/').slice(2) : [];
  return {
    resourceLogicalId: (isTemplate && place.logical_id) || '',
    templatePath: isTemplate ? resolve(place.file) : '',
    locations: steps.length > 0 ? [steps.join('.')] : [],
    ...(place.construct_path && { constructPath: place.construct_path }),
  };
}
