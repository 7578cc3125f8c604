import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { drawDiagram } from '../../../infra/docs/draw-diagram.ts';
import { pipelineGraph } from '../../../infra/docs/pipeline-graph.ts';
import { documentedContext } from '../../../infra/docs/synthesize-templates.ts';
import type { Template } from '../../../infra/docs/template-text.ts';
import { synthesizeAll } from '../synthesized-stack.ts';

const written = readFileSync(new URL('../../../docs/architecture-diagram.md', import.meta.url), 'utf8');
const templates = new Map<string, Template>(
  synthesizeAll(documentedContext).map(([id, { json }]) => [id, json]),
);
const graph = pipelineGraph(templates);
const verbBetween = (from: string, to: string) =>
  graph.edges.find(edge => edge.from === from && edge.to === to)?.verb;

test('docs/architecture-diagram.md is what the templates say now; else run "npm run docs"', () => {
  expect(written).toBe(drawDiagram(templates));
});

/** The lines that a diagram is made of: what Mermaid's documentation of flowcharts calls nodes, links and subgraphs. */
const shapes = String.raw`\["[^"]+"\]|\[\("[^"]+"\)\]|\[\["[^"]+"\]\]|>"[^"]+"\]|\("[^"]+"\)|\{\{"[^"]+"\}\}|\(\["[^"]+"\]\)|\(\("[^"]+"\)\)`;
const node = new RegExp(String.raw`^ +(\w+)(?:${shapes})$`);
const link = /^ {2}(\w+) -->\|(?:"[^"]+"|[\w ,]+)\| (\w+)$/;
const frame = /^(flowchart LR| {2}subgraph \w+\["[^"]+"\]| {2}end)$/;

const blocks = [...written.matchAll(/^## (.+)\n[^#]*?```mermaid\n([\s\S]*?)\n```$/gm)].map(match => ({
  title: match[1] ?? '',
  lines: (match[2] ?? '').split('\n'),
}));

describe.each(blocks)('the diagram "$title"', ({ lines }) => {
  test('holds nothing but nodes, links and closed subgraphs', () => {
    expect(lines[0]).toBe('flowchart LR');
    expect(lines.filter(line => ![node, link, frame].some(form => form.test(line)))).toEqual([]);
    const opened = lines.filter(line => line.startsWith('  subgraph')).length;
    expect(lines.filter(line => line === '  end')).toHaveLength(opened);
  });

  test('has both ends of every link, each node once', () => {
    const nodes = lines.flatMap(line => node.exec(line)?.[1] ?? []);
    const ends = lines.flatMap(line => link.exec(line)?.slice(1) ?? []);
    expect(new Set(nodes).size).toBe(nodes.length);
    expect(ends.filter(end => !nodes.includes(end))).toEqual([]);
  });
});

test('there is one diagram of the stacks, and one for each stack that does something', () => {
  expect(blocks.length).toBeGreaterThan(7);
  expect(blocks[0]?.title).toBe('Stacks');
});

test.each([
  ['bucket_uploads', 'queue_intake', 'notifies'],
  ['queue_intake', 'queue_intake_dead_letters', 'gives up to'],
  ['queue_intake', 'function_intake_trigger', 'feeds'],
  ['function_intake_trigger', 'state_machine_intake', 'starts'],
  ['state_machine_intake', 'function_upload_writer', 'invokes'],
  ['state_machine_intake', 'rule_abandoned_uploads', 'is seen by'],
  ['function_upload_writer', 'table_uploads', 'reads, writes'],
  ['bucket_uploads', 'bucket_internal_processing', 'replicates to'],
  ['bucket_processed_output', 'bucket_delivery', 'replicates to'],
  ['function_record_ingestor', 'bucket_compliance_logs', 'writes'],
  ['API_documents', 'function_document_scanner', 'calls'],
  ['trail_sallyport', 'bucket_trail_logs', 'logs to'],
  ['outside_aws_guardduty', 'rule_findings', 'is seen by'],
  ['rule_findings', 'queue_findings', 'passes to'],
  ['topic_alerts', 'outside_e_mail', 'tells'],
  ['alarms_IntakeStack', 'topic_alerts', 'tell'],
  ['queue_intake_dead_letters', 'backup_plan', undefined],
  ['outside_CloudFormation', 'function_default_group_closer', 'calls'],
  ['backup_plan', 'table_uploads', 'backs up'],
  ['backup_plan', 'bucket_compliance_logs', 'backs up'],
] as const)('%s → %s: %s', (from, to, verb) => {
  expect(verbBetween(from, to)).toBe(verb);
});

test('a part that a template makes is drawn, whether or not anything touches it', () => {
  for (const [id, part] of [...graph.nodes].filter(([, { kind }]) => ['function', 'queue'].includes(kind))) {
    expect([id, written.includes(`${part.kind}<br>${part.label}`)]).toEqual([id, true]);
  }
});

describe('of small templates', () => {
  const two = (Resources: Template['Resources']) => new Map([['S', { Resources }]]);
  const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'sallyport-x-dev-111122223333' } };

  const objects = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] };

  test('a policy that denies connects nothing, one that allows does', () => {
    const withEffect = (Effect: string) =>
      pipelineGraph(
        two({
          Bucket: bucket,
          Role: { Type: 'AWS::IAM::Role' },
          Function: {
            Type: 'AWS::Lambda::Function',
            Properties: { FunctionName: 'sallyport-f-dev', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
          },
          Policy: {
            Type: 'AWS::IAM::Policy',
            Properties: {
              Roles: [{ Ref: 'Role' }],
              PolicyDocument: {
                Statement: [
                  { Effect, Action: 's3:GetObject', Resource: objects },
                  { Effect: 'Allow', Action: 's3:ListBucket', Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } },
                ],
              },
            },
          },
        }),
      ).edges.map(({ verb }) => verb);
    expect(withEffect('Deny')).toEqual([]);
    expect(withEffect('Allow')).toEqual(['reads']);
  });

  test('two parts of one kind and name are an error', () => {
    expect(() => pipelineGraph(two({ One: bucket, Other: bucket }))).toThrow('Two parts are called bucket');
  });

  test('what stands in a network is drawn in it', () => {
    const inNetwork = {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'sallyport-f-dev', VpcConfig: { SubnetIds: [] } },
    };
    const mapping = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { Ref: 'Queue' }, FunctionName: { Ref: 'Function' } },
    };
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'sallyport-q-dev' } };
    const drawn = drawDiagram(two({ Function: inNetwork, Queue: queue, Mapping: mapping }));
    expect(drawn).toContain(
      'subgraph isolated_subnets["isolated subnets"]\n    function_f("function<br>f")\n  end',
    );
  });
});
