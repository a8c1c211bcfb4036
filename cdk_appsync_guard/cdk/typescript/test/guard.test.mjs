/** What the plugin runs, and what it makes of the answer. The programs are stand-ins that note their arguments. */

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { AppSyncGuard } from '../lib/index.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const PLACE = {
  file: '/app/cdk.out/One.template.json',
  line: 3,
  column: 5,
  path: 'Resources/Schema/Properties/Definition',
  logical_id: 'Schema',
  construct_path: 'One/Schema',
};
const FINDING = {
  rule: 'nested-type-blocks-mode',
  category: 'schema',
  severity: 'error',
  title: 'A title',
  message: 'Nobody can select it',
  symptom: { channel: 'http', status: 200, error_type: 'Unauthorized', message: 'Not Authorized' },
  remediation: 'Let them in',
  references: ['https://docs.aws.amazon.com/'],
  location: PLACE,
  excerpt: { text: 'type Post @aws_auth(cognito_groups: [\\"A\\"])', column: 1 },
  api: 'Blog',
  coordinate: 'Post',
  scenario: null,
  suppressed: null,
  consequences: [],
};
const QUESTION = {
  reason: 'the schema is open',
  would_decide: '--schema',
  rules: [{ rule: 'a', location: PLACE }, { rule: 'b', location: PLACE }],
};

let top;
let before;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'guard-'));
  before = { ...process.env };
  delete process.env.GUARD_COMMAND;
  process.env.PATH = join(top, 'bin');
  mkdirSync(join(top, 'bin'));
});

afterEach(() => {
  process.env = before;
});

/** Write a program that notes how it was called, and then runs the lines. */
function program(path, lines) {
  const note = `require('fs').appendFileSync(${JSON.stringify(join(top, 'calls'))}, JSON.stringify([process.argv[1].split('/').pop(), ...process.argv.slice(2)]) + '\\n');`;
  writeFileSync(path, `#!${process.execPath}\n${note}\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Write a program that answers with a report, or with any other text. */
function answering(name, report, code = 0) {
  const text = typeof report === 'string' ? report : JSON.stringify(full(report));
  writeFileSync(join(top, 'answer'), text);
  const lines = `process.exitCode = ${code}; process.stdout.write(require('fs').readFileSync(${JSON.stringify(join(top, 'answer'))}));`;
  return program(name.includes('/') ? name : join(top, 'bin', name), lines);
}

function full(report) {
  const tool = { name: 'cdk-appsync-guard', version };
  return { version: 2, tool, findings: [], undecided: [], notices: [], problems: [], ...report };
}

function calls() {
  return readFileSync(join(top, 'calls'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}

function judge(options = {}, templatePaths = ['/app/cdk.out/One.template.json']) {
  return new AppSyncGuard(options).validate({ templatePaths });
}

const SCAN = ['scan', '--format=json', '--no-progress', '--', '/app/cdk.out'];

test('it takes the first program there is, and what fetches one fetches its own version', () => {
  const words = {
    pipx: ['run', '--spec', `cdk-appsync-guard==${version}`, 'cdk-appsync-guard'],
    uvx: [`cdk-appsync-guard@${version}`],
    'cdk-appsync-guard': [],
  };
  for (const [name, first] of Object.entries(words)) {
    answering(name, {});
    judge();
    assert.deepEqual(calls().at(-1), [name, ...first, ...SCAN]);
  }
  process.env.GUARD_COMMAND = answering(join(top, 'mine'), {});
  judge();
  assert.deepEqual(calls().at(-1), ['mine', ...SCAN]);
});

test('GUARD_COMMAND is a program, words, or a JSON list; the option comes before it', () => {
  const spaced = join(top, 'a folder');
  mkdirSync(spaced);
  const mine = answering(join(spaced, 'mine'), {});
  answering('python', {});
  for (const [given, called] of [
    [mine, ['mine']],
    ['python -m cdk_appsync_guard', ['python', '-m', 'cdk_appsync_guard']],
    [JSON.stringify([mine, 'two words']), ['mine', 'two words']],
  ]) {
    process.env.GUARD_COMMAND = given;
    judge();
    assert.deepEqual(calls().at(-1), [...called, ...SCAN]);
  }
  judge({ command: ['python', '-X'] });
  assert.deepEqual(calls().at(-1), ['python', '-X', ...SCAN]);
});

test('without a program, one line says what to install', () => {
  assert.throws(() => judge(), {
    message:
      'none of cdk-appsync-guard, uvx, and pipx is on PATH: install one, for instance with' +
      ` \`pipx install cdk-appsync-guard==${version}\`, or set GUARD_COMMAND to the program to run`,
  });
});

test('a program that is named must exist', () => {
  for (const [given, said] of [
    ['nothing --here', /^GUARD_COMMAND names `nothing`, and there is no such program$/],
    ['["a", 1]', /^GUARD_COMMAND begins with `\[` but is not a JSON list of strings$/],
    ['[]', /^GUARD_COMMAND names ``, and there is no such program$/],
  ]) {
    process.env.GUARD_COMMAND = given;
    assert.throws(() => judge(), { message: said });
  }
});

test('a program in the working directory is not run, whatever PATH says', () => {
  const here = process.cwd();
  process.chdir(top);
  process.env.PATH = ['', '.', 'bin'].join(delimiter);
  answering('cdk-appsync-guard', {});
  try {
    assert.throws(() => judge(), /is on PATH/);
  } finally {
    process.chdir(here);
  }
});

test('all stages are judged by one call, of the outermost folders', () => {
  answering('cdk-appsync-guard', {});
  judge({}, [
    '/app/cdk.out/assembly-Beta/One.template.json',
    '/app/cdk.out/One.template.json',
    '/app/cdk.out/assembly-Prod/One.template.json',
    '/app/cdk.out-2/One.template.json',
  ]);
  assert.deepEqual(calls(), [['cdk-appsync-guard', ...SCAN, '/app/cdk.out-2']]);
});

test('no templates, no call', () => {
  assert.deepEqual(judge({}, []), { success: true, violations: [] });
});

test('each option is one argument, and nothing in a name is run or taken for an option', () => {
  answering('cdk-appsync-guard', {});
  const file = join(top, 'ran');
  const hostile = `$(touch ${file}); touch ${file} & "--config=x"`;
  judge(
    {
      failOn: 'warning',
      select: ['iam', hostile],
      ignore: ['a'],
      rules: ['own'],
      parameters: { Stage: hostile },
      schemas: { Orders: 'o.graphql', '': 's.graphql' },
      region: '--help',
      account: '1',
      baseline: 'b.json',
      config: 'c.toml',
    },
    [`/app/${hostile}/One.template.json`],
  );
  assert.deepEqual(calls(), [
    [
      'cdk-appsync-guard',
      'scan',
      '--format=json',
      '--no-progress',
      '--fail-on=warning',
      '--select=iam',
      `--select=${hostile}`,
      '--ignore=a',
      '--rules=own',
      `--parameters=Stage=${hostile}`,
      '--schema=Orders=o.graphql',
      '--schema=s.graphql',
      '--region=--help',
      '--account=1',
      '--baseline=b.json',
      '--config=c.toml',
      '--',
      `/app/${hostile}`,
    ],
  ]);
  assert.equal(existsSync(file), false);
});

test('a finding is a violation at its construct, with the words of the report', () => {
  answering('cdk-appsync-guard', { findings: [FINDING] }, 1);
  const { success, violations } = judge();
  assert.equal(success, false);
  assert.deepEqual(violations, [
    {
      ruleName: 'nested-type-blocks-mode',
      description:
        'Nobody can select it\n   The client sees: HTTP 200 Unauthorized: "Not Authorized"\n' +
        '   At: type Post @aws_auth(cognito_groups: ["A"])',
      fix: 'Let them in\nSee https://docs.aws.amazon.com/',
      severity: 'error',
      ruleMetadata: {
        severity: 'error',
        category: 'schema',
        symptom: 'HTTP 200 Unauthorized: "Not Authorized"',
        api: 'Blog',
        coordinate: 'Post',
        title: 'A title',
        place: '/app/cdk.out/One.template.json:3:5',
        documentation: 'https://docs.aws.amazon.com/',
      },
      violatingResources: [
        {
          resourceLogicalId: 'Schema',
          templatePath: '/app/cdk.out/One.template.json',
          locations: ['Properties.Definition'],
          constructPath: 'One/Schema',
        },
      ],
    },
  ]);
});

test('what fails synth is an error, and nothing else', () => {
  const warning = { ...FINDING, rule: 'w', severity: 'warning' };
  const report = { findings: [FINDING, warning], undecided: [QUESTION] };
  for (const [failOn, code, severities] of [
    [undefined, 0, ['warning', 'warning', 'info']],
    [undefined, 1, ['error', 'warning', 'info']],
    ['never', 0, ['warning', 'warning', 'info']],
    ['error', 1, ['error', 'warning', 'info']],
    ['info', 1, ['error', 'error', 'info']],
    ['undecided', 1, ['error', 'error', 'error']],
  ]) {
    answering('cdk-appsync-guard', report, code);
    const { success, violations } = judge(failOn && { failOn });
    assert.deepEqual(violations.map((one) => one.severity), severities, failOn);
    assert.equal(success, !severities.includes('error'), failOn);
  }
});

test('the configuration decides by the exit code which of them fails', () => {
  const warning = { ...FINDING, severity: 'warning' };
  for (const [findings, code, success] of [
    [[warning], 0, true],
    [[warning], 1, false],
    [[], 1, false],
    [[], 0, true],
  ]) {
    answering('cdk-appsync-guard', { findings, undecided: [QUESTION] }, code);
    assert.equal(judge().success, success);
  }
});

test('what the app acknowledges is left to CDK, and other suppressions count', () => {
  const findings = ['cdk', 'metadata', 'sdl', 'config', 'baseline'].map((by) => ({
    ...FINDING,
    rule: by,
    suppressed: { by, reason: 'known' },
  }));
  answering('cdk-appsync-guard', { findings });
  assert.deepEqual(judge().violations.map((one) => one.ruleName), ['cdk']);
});

test('equal words about several constructs are one violation, a question is asked once', () => {
  const other = { ...PLACE, logical_id: 'Other', construct_path: 'One/Other' };
  answering('cdk-appsync-guard', {
    findings: [FINDING, { ...FINDING, location: other }, FINDING],
    undecided: [QUESTION],
  });
  const [finding, question] = judge().violations;
  assert.deepEqual(finding.violatingResources.map((one) => one.constructPath), ['One/Schema', 'One/Other']);
  assert.deepEqual(
    [question.ruleName, question.description, question.fix, question.ruleMetadata, question.violatingResources.length],
    ['undecided', 'cannot be decided: the schema is open', 'Decide it with --schema', { rules: 'a, b' }, 1],
  );
});

test('what cannot be read is a violation beside the rest', () => {
  const problem = { kind: 'template', message: 'broken', help: 'mend it', location: null };
  answering('cdk-appsync-guard', { findings: [FINDING], problems: [problem] }, 2);
  const { success, violations } = judge();
  assert.equal(success, false);
  assert.deepEqual(violations.map((one) => one.ruleName), ['unreadable-input', 'nested-type-blocks-mode']);
});

test('names that steer a terminal or a log are shown, not obeyed', () => {
  const message = 'a\u001b[31m\u202eb\u00a0\u{e0001}\n::set-env name=x::y\n ##[group]z ##vso[task]';
  answering('cdk-appsync-guard', { findings: [{ ...FINDING, message, symptom: null, excerpt: null }] });
  assert.equal(
    judge().violations[0].description,
    'a\\x1b[31m\\u202eb\\xa0\\U000e0001\n\\x3a:set-env name=x::y\n \\x23#[group]z \\x23#vso[task]',
  );
});

test('a report of another version is refused', () => {
  for (const [written, by] of [
    [{ ...full({}), version: 3, tool: { version: '9.0.0' } }, ' 9.0.0 writes version 3'],
    [{ version: '2', findings: 1 }, ' writes version "2"'],
  ]) {
    answering('cdk-appsync-guard', JSON.stringify(written));
    assert.throws(() => judge(), {
      message:
        `cdk-appsync-guard${by} of the report, and this plugin reads version 2:` +
        ` install cdk-appsync-guard ${version}`,
    });
  }
});

test('without a report, the words of the program are passed on in one line', () => {
  for (const [text, said] of [
    ['', 'error: there is no rule `x` help: list them'],
    ['null', 'error: there is no rule `x` help: list them'],
    ['{"version": 2', 'error: there is no rule `x` help: list them'],
  ]) {
    program(
      join(top, 'bin', 'cdk-appsync-guard'),
      `process.stdout.write(${JSON.stringify(text)}); console.error('error: there is no rule \`x\`\\n  help: list them'); process.exitCode = 2;`,
    );
    assert.throws(() => judge(), { message: `cdk-appsync-guard ended with exit code 2: ${said}` });
  }
});

test('a program that does not end is ended, with all that it started', async () => {
  const pid = join(top, 'pid');
  const forever = 'setInterval(() => {}, 1000)';
  program(
    join(top, 'bin', 'cdk-appsync-guard'),
    `const child = require('child_process').spawn(process.execPath, ['-e', '${forever}'], { stdio: 'inherit' });` +
      `require('fs').writeFileSync(${JSON.stringify(pid)}, String(child.pid)); ${forever}`,
  );
  assert.throws(() => judge({ timeout: 3 }), /did not finish within 3 seconds: give the guard a longer `timeout`$/);
  const child = Number(readFileSync(pid, 'utf8'));
  for (let tries = 0; tries < 100 && isRunning(child); tries += 1) {
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.equal(isRunning(child), false);
});

function isRunning(pid) {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test('a large report arrives whole', () => {
  const findings = Array.from({ length: 4000 }, (_, at) => ({ ...FINDING, message: `${at} ${'x'.repeat(2000)}` }));
  answering('cdk-appsync-guard', { findings }, 1);
  assert.equal(judge().violations.length, 4000);
});
