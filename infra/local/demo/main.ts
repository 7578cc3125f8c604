import { resolve } from 'node:path';
import { describeHappening } from '../describe-happening.ts';
import { type Happening, startLocalPipeline } from '../local-pipeline.ts';
import { synthesizeLocally } from '../synthesize-locally.ts';
import type { Expectation } from './expectation.ts';
import { playCompliance } from './play-compliance.ts';
import { playCredentials } from './play-credentials.ts';
import { playDocuments } from './play-documents.ts';
import { playFindings } from './play-findings.ts';
import { playRecords } from './play-records.ts';
import { playTrail } from './play-trail.ts';
import { playUploads } from './play-uploads.ts';
import { proveLogs } from './prove-logs.ts';
import { rulesFromBucket, swapRules } from './swap-rules.ts';

const began = performance.now();

function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function progress(step: string): void {
  print(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${step}`);
}

function printResult({ what, expected, found, details }: Expectation): void {
  const verdict = found === expected ? 'ok  ' : 'FAIL';
  print(
    `  ${verdict} ${String(found).padStart(4)} ${what}${found === expected ? '' : ` (expected ${expected})`}`,
  );
  if (details.length > 0) print(`            ${details.join(' · ')}`);
}

/** What a deployment can ask for beside the defaults; on AWS threats are contained only where it says so. */
const wholePipeline = [
  'remediationMode=contain',
  'createNetwork=true',
  'backupPlan=true',
  'databaseSecret=true',
  'thirdPartyPrincipal=arn:aws:iam::444455556666:role/sender',
  'thirdPartyExternalId=documentation-example',
  'thirdPartyAddresses=203.0.113.0/24',
  ...rulesFromBucket,
];

const happenings: Happening[] = [];
const assembly = resolve('.local/demo.out');
progress('synthesizing the pipeline, with every option that adds to it');
await synthesizeLocally(assembly, wholePipeline);
progress('deploying the synthesized template onto this machine');
const pipeline = await startLocalPipeline({
  assembly,
  onHappening: happening => happenings.push(happening),
});
try {
  progress(`running at ${pipeline.endpoint}`);
  const parts: [title: string, results: readonly Expectation[]][] = [
    ['uploads', await playUploads(pipeline, happenings, progress)],
    ['documents', await playDocuments(pipeline, progress)],
    ['records', await playRecords(pipeline, progress)],
    ['CloudTrail logs', await playTrail(pipeline, progress)],
    ['rules, swapped', await swapRules(pipeline, progress)],
    ['digests, signed', await proveLogs(pipeline, progress)],
    ['account, scanned for compliance', await playCompliance(pipeline, progress)],
    ['GuardDuty findings', await playFindings(pipeline, progress)],
    ['API key, rotated', await playCredentials(pipeline, progress)],
  ];
  progress('done');

  for (const [title, results] of parts) {
    print(`\nWhat became of the ${title}`);
    for (const result of results) printResult(result);
  }

  const faults = happenings.filter(happening => happening.kind === 'fault');
  for (const { text } of faults) print(`  FAIL      ${text}`);
  // Somebody at the terminal is denied on purpose; what acts in the pipeline's name has all that it needs.
  const denials = happenings.filter(
    happening => happening.kind === 'denied' && !happening.denial.principal.endsWith(':user/local'),
  );
  for (const denial of denials) print(`  FAIL      ${describeHappening(denial)}`);
  const failed =
    parts.flatMap(([, results]) => results).filter(({ expected, found }) => expected !== found).length +
    faults.length +
    denials.length;
  print(
    failed === 0
      ? '\nAll as expected. `npm start` keeps the pipeline up for your own files.'
      : `\n${failed} results are not as expected; the logs of the functions are in .local/logs.`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await pipeline.stop();
}
