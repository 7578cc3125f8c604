import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { writeAssembly } from './fixtures/write-assembly.ts';

const main = fileURLToPath(new URL('../../../infra/local/main.ts', import.meta.url));
const children: ChildProcess[] = [];

const stacks = {
  intake: {
    template: {
      Resources: {
        Uploads: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'uploads' } },
        Runs: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            TableName: 'uploads-table',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          },
        },
        Alarm: { Type: 'AWS::CloudWatch::Alarm' },
      },
      Outputs: {
        UploadsBucketName: { Value: { Ref: 'Uploads' } },
        UploadsTableName: { Value: { Ref: 'Runs' } },
      },
    },
  },
};

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs `npm start`'s program in a folder of its own, with or without an assembly in it. */
function run(args: readonly string[], withAssembly = true) {
  const cwd = temporaryFolder('start');
  if (withAssembly) renameSync(writeAssembly({ stacks }), join(cwd, 'cdk.out'));
  const child = spawn(process.execPath, [main, ...args], { cwd });
  children.push(child);
  let text = '';
  const seen = Promise.withResolvers<void>();
  let wanted = '';
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
    if (wanted !== '' && text.includes(wanted)) seen.resolve();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  return {
    child,
    ended,
    text: () => text,
    until: async (part: string) => {
      wanted = part;
      if (text.includes(part)) return;
      await Promise.race([seen.promise, ended.then(() => Promise.reject(new Error(`Ended: ${text}`)))]);
    },
  };
}

/** Does what a printed `curl` command says; the machine may have none. The file `./letter.txt` holds `hello`. */
async function asCurlWould(command: string): Promise<string> {
  const headers = [...command.matchAll(/-H '([^:]+): ([^']*)'/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  const [, data] = /-d '([^']*)'/.exec(command) ?? [];
  const [url = ''] = /http:\S+/.exec(command) ?? [];
  const uploading = command.includes('-T ./letter.txt');
  const answer = await fetch(uploading ? `${url}letter.txt` : url, {
    method: uploading ? 'PUT' : 'POST',
    headers: Object.fromEntries(headers),
    body: uploading ? 'hello' : data,
  });
  if (!answer.ok) throw new Error(`${command}: ${answer.status}`);
  return answer.text();
}

test('prints what stands, commands that work as they are pasted, and what happens; Ctrl-C ends it', async () => {
  const started = run(['--port', '0']);
  await started.until('What happens now');
  expect(started.text()).toContain('UploadsBucketName = uploads');
  expect(started.text()).toContain('1 × AWS::CloudWatch::Alarm');
  const curls = [...started.text().matchAll(/^ {2}(curl .*)$/gm)].map(([, command = '']) => command);
  expect(curls).toHaveLength(2);
  const answers = await Promise.all(curls.map(asCurlWould));
  expect(answers[1]).toContain('"Count":0');
  await started.until('uploaded      s3://uploads/letter.txt (5 bytes)');
  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect(started.text()).toMatch(/Stopped\.\n$/);
});

test('runs what values of the configuration make of the pipeline', async () => {
  const started = run(['--port', '0', '-c', 'remediationMode=contain', '-c', 'env=prod']);
  await started.until('What happens now');
  expect(started.text()).toContain('Synthesizing the pipeline with remediationMode=contain, env=prod');
  expect(started.text()).toContain('FindingRemediatorFunctionName = sallyport-finding-remediator-prod');
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);
});

test('takes a free port where the one asked for is in use, and says so', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const started = run(['--port', String(port)]);
  await started.until('What happens now');
  expect(started.text()).toContain(`Port ${port} is in use; taking a free one.`);
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);
  await new Promise(resolve => other.close(resolve));
});

test.each<[string, readonly string[], boolean, string]>([
  ['a port that is none', ['--port', 'x'], true, '--port takes a number from 0 to 65535, not "x".'],
  ['a value that is none', ['-c', 'remediationMode=maybe'], true, 'remediationMode: '],
  ['an unknown option', ['--prot', '1'], true, "Unknown option '--prot'"],
  ['a missing assembly', [], false, 'npm run synth'],
])('ends with 2 and one sentence at %s', async (_name, args, withAssembly, message) => {
  const started = run(args, withAssembly);
  expect(await started.ended).toBe(2);
  expect(started.text()).toContain(message);
  expect(started.text()).not.toContain('    at ');
});
