/** The words of the report as CDK shows them: the same as those of the plugin in Python. */

import type { Finding, Place, Symptom } from './report';

const UNDOCUMENTED: Readonly<Record<string, string>> = {
  deployment: 'an error that AWS does not document',
  merge: 'a conflict; the merged API keeps its last good schema',
};

const SUBJECTS: Readonly<Record<string, string>> = {
  deployment: 'The deployment',
  merge: 'The merge',
};

/** Return what is wrong, when, what follows from it, and what the client sees. */
export function description(finding: Finding): string {
  const lines = [finding.message + (finding.scenario ? ` (when ${finding.scenario})` : '')];
  lines.push(...finding.consequences.map((one) => `   So ${one.message} (${one.rule})`));
  if (finding.symptom) {
    const subject = SUBJECTS[finding.symptom.channel] ?? 'The client';
    lines.push(`   ${subject} sees: ${symptomWords(finding.symptom)}`);
  }
  if (finding.excerpt && isInSdl(finding.location)) {
    lines.push(`   At: ${finding.excerpt.text.replaceAll('\\"', '"')}`); // SDL in a template's JSON
  }
  return lines.join('\n');
}

/** Return what to change, and where to read why. */
export function advice(finding: Finding): string {
  return [finding.remediation, ...finding.references.slice(0, 1).map((url) => `See ${url}`)].join('\n');
}

/** Return what CDK keeps beside a violation. */
export function details(finding: Finding): Record<string, string> {
  const known: [string, string | null | undefined][] = [
    ['severity', finding.severity],
    ['category', finding.category],
    ['symptom', finding.symptom && symptomWords(finding.symptom)],
    ['api', finding.api],
    ['coordinate', finding.coordinate],
    ['title', finding.title],
    ['place', placeWords(finding.location)],
    ['documentation', finding.references[0]],
  ];
  return Object.fromEntries(known.filter((one): one is [string, string] => Boolean(one[1])));
}

/** Return `file:line:column`, as far as it is known. */
export function placeWords(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== null).join(':');
}

function symptomWords(symptom: Symptom): string {
  const by = { http: 'HTTP', websocket: 'WebSocket error' }[symptom.channel];
  const words = [by, symptom.status, symptom.error_type].filter(Boolean).join(' ');
  const quoted = symptom.message ? `"${symptom.message}"` : '';
  const unknown = UNDOCUMENTED[symptom.channel] ?? 'an error that AWS does not document';
  return [words, quoted].filter(Boolean).join(': ') || unknown;
}

/** Tell whether the place is a line that a person wrote: nobody reads a synthesized template. */
function isInSdl(place: Place): boolean {
  return place.path.endsWith('/Definition') || !place.file.endsWith('.json');
}

/**
 * Return the text without what steers a terminal or a log of a CI system; its lines stay lines.
 *
 * The names in a template are not to be trusted, and JSON escapes them only until it is read.
 */
export function safe(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replaceAll(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|[^\P{Zs} ]/gu, escape)
    .replaceAll(/^(\s*):(?=:)/gm, '$1\\x3a')
    .replaceAll(/#(?=#(?:vso|teamcity)?\[)/g, '\\x23');
}

function escape(letter: string): string {
  const hex = (letter.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) {
    return `\\x${hex.padStart(2, '0')}`;
  }
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
