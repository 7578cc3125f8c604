import { describe, expect, test } from '@jest/globals';
import {
  evaluateIntrinsicCall,
  IntrinsicFailure,
  parseIntrinsicCall,
  pathsOf,
} from '../../../infra/local/step-functions/intrinsic-function.ts';
import { prepareDefinition } from '../../../infra/local/step-functions/prepare-definition.ts';
import { runDefinition } from '../../../infra/local/step-functions/run-definition.ts';
import fc from '../../seeded-properties.ts';

const resource = 'arn:aws:states:::lambda:invoke';

/** Runs a definition whose tasks answer with their input. */
async function outcomeOf(states: object, input: unknown) {
  const prepared = prepareDefinition({ StartAt: 'First', States: states });
  return runDefinition(prepared, {
    input,
    execution: { Id: 'arn:run', Name: 'run', Input: input, StartTime: '2026-11-21T08:00:00.000Z' },
    stateMachine: { Id: 'arn:machine', Name: 'machine' },
    now: () => new Date('2026-11-21T08:00:07.000Z'),
    runTask: async task => task.input,
  }).outcome;
}

const task = (fields: object) => ({ First: { Type: 'Task', Resource: resource, End: true, ...fields } });
const pass = (fields: object) => ({ First: { Type: 'Pass', End: true, ...fields } });

const hostile = { key: 'a "b" \\ \\n \n {} \' , ) ( \u0007 日本 \ud83d\ude00', error: 'States.Format' };

describe('payload templates', () => {
  const cases: [string, object, unknown][] = [
    ['paths', { 'a.$': '$.key', b: { 'c.$': '$' } }, { a: hostile.key, b: { c: hostile } }],
    ['constants', { a: 1, b: [true, null, 'x'] }, { a: 1, b: [true, null, 'x'] }],
    ['fields within arrays', { a: [{ 'b.$': '$.key' }, 2] }, { a: [{ b: hostile.key }, 2] }],
    [
      'the context',
      {
        'id.$': '$$.Execution.Id',
        'name.$': '$$.Execution.Name',
        'start.$': '$$.Execution.StartTime',
        'key.$': '$$.Execution.Input.key',
        'machine.$': '$$.StateMachine.Name',
        'state.$': '$$.State.Name',
        'entered.$': '$$.State.EnteredTime',
      },
      {
        id: 'arn:run',
        name: 'run',
        start: '2026-11-21T08:00:00.000Z',
        key: hostile.key,
        machine: 'machine',
        state: 'First',
        entered: '2026-11-21T08:00:07.000Z',
      },
    ],
    [
      'functions',
      { 'a.$': "States.Format('{} at {}, {}', $.key, $$.State.Name, $$.State.EnteredTime)" },
      { a: `${hostile.key} at First, 2026-11-21T08:00:07.000Z` },
    ],
    [
      'functions within functions',
      { 'a.$': "States.Format('<{}>', States.JsonToString($))" },
      { a: `<${JSON.stringify(hostile)}>` },
    ],
    [
      'functions in depth',
      { a: [{ b: { 'c.$': "States.Array('x', $.error)" } }] },
      { a: [{ b: { c: ['x', 'States.Format'] } }] },
    ],
  ];

  test.each(cases)('%s are evaluated for a task', async (_, template, expected) => {
    const outcome = await outcomeOf(task({ Parameters: template }), hostile);

    expect(outcome).toEqual({ status: 'SUCCEEDED', output: expected });
  });

  test.each(cases)('%s are evaluated for a Pass state', async (_, template, expected) => {
    const outcome = await outcomeOf(pass({ Parameters: template }), hostile);

    expect(outcome).toEqual({ status: 'SUCCEEDED', output: expected });
  });

  test('data that looks like a function or a template stays data', async () => {
    const input = { 'a.$': "States.Format('x')", a: { 0: 'y', 'b.$': '$.a' } };

    const outcome = await outcomeOf(task({ Parameters: { 'whole.$': '$', 'part.$': '$.a' } }), input);

    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { whole: input, part: input.a } });
  });

  test('a path to nothing is States.Runtime, which nobody catches', async () => {
    const states = {
      ...task({ Parameters: { 'a.$': '$.nope' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }),
      Caught: { Type: 'Succeed' },
    };

    expect(await outcomeOf(states, {})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('a function that does not apply is States.IntrinsicFailure', async () => {
    const outcome = await outcomeOf(pass({ Parameters: { 'a.$': "States.Format('{}', $)" } }), {});

    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.IntrinsicFailure' });
  });
});

describe('results', () => {
  test.each([
    ['ResultPath "$" is the whole result', pass({ Result: { b: 2 }, ResultPath: '$' }), { b: 2 }],
    ['ResultPath null keeps the input', task({ Parameters: { b: 2 }, ResultPath: null }), { a: 1 }],
    [
      'ResultSelector, then ResultPath',
      task({ Parameters: { b: 2 }, ResultSelector: { 'c.$': '$.b' }, ResultPath: '$.out' }),
      { a: 1, out: { c: 2 } },
    ],
    [
      'a Pass state with ResultPath keeps the rest',
      pass({ Parameters: { 'text.$': "States.Format('{}', $.a)" }, ResultPath: '$.out' }),
      { a: 1, out: { text: '1' } },
    ],
  ])('%s', async (_, states, output) => {
    expect(await outcomeOf(states, { a: 1 })).toEqual({ status: 'SUCCEEDED', output });
  });

  test('a catcher with ResultPath "$" passes on the error alone', async () => {
    const prepared = prepareDefinition({
      StartAt: 'First',
      States: {
        ...task({ Catch: [{ ErrorEquals: ['Boom'], ResultPath: '$', Next: 'Caught' }] }),
        Caught: { Type: 'Succeed' },
      },
    });

    const run = runDefinition(prepared, {
      input: { a: 1 },
      execution: {},
      stateMachine: {},
      runTask: () => Promise.reject(Object.assign(new Error('why'), { name: 'Boom' })),
    });

    expect(await run.outcome).toEqual({ status: 'SUCCEEDED', output: { Error: 'Boom', Cause: 'why' } });
  });

  test('tasks within Parallel and Map run, too', async () => {
    const inner = {
      StartAt: 'Inner',
      States: {
        Inner: {
          Type: 'Task',
          Resource: resource,
          Parameters: { 'x.$': "States.Format('{}', $)" },
          End: true,
        },
      },
    };
    const states = {
      First: { Type: 'Map', ItemProcessor: inner, Next: 'Second' },
      Second: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }],
        End: true,
      },
    };

    expect(await outcomeOf(states, ['a', 'b'])).toEqual({
      status: 'SUCCEEDED',
      output: [[{ x: 'a' }, { x: 'b' }]],
    });
  });
});

describe('intrinsic functions', () => {
  const evaluate = (source: string, ...values: unknown[]) =>
    evaluateIntrinsicCall(parseIntrinsicCall(source), values);

  test.each([
    ["States.Format('a')", [], 'a'],
    ["States.Format('')", [], ''],
    ["States.Format('{} {}', $.a, $.b)", ['x', 1], 'x 1'],
    ["States.Format('{}{}', true, null)", [], 'truenull'],
    ["States.Format('\\{\\} it\\'s {} \\\\', -1.5)", [], "{} it's -1.5 \\"],
    ["States.Format('a, (b) {}', $['x y'])", ['z'], 'a, (b) z'],
    ["States.Format('{}',$.a[0,1].b)", ['z'], 'z'],
    ['States.Format($.template, $.a)', ['<{}>', 'x'], '<x>'],
    ["States.JsonToString('it\\'s')", [], '"it\'s"'],
    ['States.StringToJson($.a)', ['{"a":[1]}'], { a: [1] }],
    ['States.Array( $.a , 2 , States.Array() )', ['x'], ['x', 2, []]],
    ['States.ArrayLength($.a)', [['x', 'y']], 2],
    ['States.MathAdd($.a, 1)', [2], 3],
    ['States.MathAdd($.a, -1)', [0.4], -1],
    ['States.MathAdd($.a, 2147483646)', [1], 2_147_483_647],
    ['States.UUID()', [], expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-/)],
  ])('%s', (source, values, expected) => {
    expect(evaluate(source, ...values)).toEqual(expected);
  });

  test.each([
    ["States.Format('{}')", []],
    ['States.MathAdd($.a, 1)', ['1']],
    ['States.MathAdd($.a)', [1]],
    ['States.MathAdd($.a, 2147483647)', [1]],
    ["States.Format('{}', $.a, $.b)", ['x', 'y']],
    ["States.Format('{}', $.a)", [['x']]],
    ['States.Format($.a)', [1]],
    ['States.StringToJson($.a)', ['{']],
    ['States.StringToJson($.a)', [{}]],
    ['States.ArrayLength($.a)', ['x']],
  ])('%s fails for %j', (source, values) => {
    expect(() => evaluate(source, ...values)).toThrow(IntrinsicFailure);
  });

  test.each([
    'States.Format',
    "States.Format('a'",
    "States.Format('a') x",
    "States.Format('a' 'b')",
    'States.Format(,)',
    "States.Format('a)",
    'States.Hash($.a, 1)',
    'States.constructor()',
    'Other($.a)',
  ])('%s is refused', source => {
    expect(() => parseIntrinsicCall(source)).toThrow();
  });

  test('paths come in order', () => {
    const call = parseIntrinsicCall("States.Format('{}{}{}', $.b, States.Array($$.a, 1), $.c)");

    expect(pathsOf(call)).toEqual(['$.b', '$$.a', '$.c']);
  });

  test('any JSON survives JsonToString, any text Format', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        expect(evaluate('States.JsonToString($.a)', value)).toBe(JSON.stringify(value));
        expect(evaluate("States.Format('{}', $.a)", text)).toBe(text);
      }),
    );
  });
});

describe('a definition that cannot be run here is refused', () => {
  test.each<[string, object, RegExp]>([
    ['invalid', { First: { Type: 'Task', End: true } }, /invalid/],
    ['JSONata', pass({ QueryLanguage: 'JSONata' }), /JSONata/],
    ['heartbeats', task({ HeartbeatSeconds: 1, TimeoutSeconds: 2 }), /HeartbeatSeconds/],
    ['variables', pass({ Assign: { a: 1 } }), /Assign/],
    ['task tokens', task({ Resource: `${resource}.waitForTaskToken` }), /waitForTaskToken/],
    ['waiting for a job', task({ Resource: 'arn:aws:states:::states:startExecution.sync:2' }), /sync/],
    ['more of $$.State', task({ Parameters: { 'a.$': '$$.State.RetryCount' } }), /RetryCount.*First/],
    [
      '$$.State in a function',
      task({ Parameters: { 'a.$': 'States.Array($$.State.RetryCount)' } }),
      /RetryCount/,
    ],
    ['an unknown function', task({ Parameters: { 'a.$': "States.Hash($.a, 'SHA-1')" } }), /States\.Hash/],
    ['a function in ResultSelector', task({ ResultSelector: { 'a.$': 'States.UUID()' } }), /ResultSelector/],
    [
      'a function in CausePath',
      { First: { Type: 'Fail', CausePath: "States.Format('{}', $.a)" } },
      /CausePath/,
    ],
    [
      'distributed Map',
      {
        First: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'A',
            States: { A: { Type: 'Pass', End: true } },
          },
          End: true,
        },
      },
      /distributed/,
    ],
  ])('%s', (_, states, message) => {
    expect(() => prepareDefinition({ StartAt: 'First', States: states })).toThrow(message);
  });

  test('JSONata of the whole machine', () => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'First', States: pass({}) };

    expect(() => prepareDefinition(definition)).toThrow(/JSONata/);
  });

  test('a definition is taken as text, too', () => {
    const text = JSON.stringify({ StartAt: 'First', States: task({}) });

    expect([...prepareDefinition(text).tasks.keys()]).toEqual(['First']);
  });
});
