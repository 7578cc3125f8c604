import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../../infra/local/event-pattern.ts';

const event = {
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  resources: ['arn:one', 'arn:two'],
  detail: {
    status: 'FAILED',
    error: 'Timeout',
    output: null,
    size: 7,
    score: 6.9,
    list: [{ a: 1 }, { a: 2 }],
  },
};

describe('compilePattern', () => {
  test.each<[string, object, boolean]>([
    ['an exact value', { source: ['aws.states'] }, true],
    ['one of several values', { detail: { status: ['ABORTED', 'FAILED'] } }, true],
    ['another value', { source: ['aws.s3'] }, false],
    ['a number', { detail: { size: [7] } }, true],
    ['a number as a text', { detail: { size: ['7'] } }, false],
    ['null', { detail: { output: [null] } }, true],
    ['null where nothing is', { detail: { nothing: [null] } }, false],
    ['an element of a list', { resources: ['arn:two'] }, true],
    ['no element of a list', { resources: ['arn:three'] }, false],
    ['a field within a list', { detail: { list: { a: [2] } } }, true],
    ['all fields', { source: ['aws.states'], detail: { status: ['FAILED'] } }, true],
    ['all fields but one', { source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, false],
    ['prefix', { source: [{ prefix: 'aws.' }] }, true],
    ['another prefix', { source: [{ prefix: 'own.' }] }, false],
    ['prefix of a number', { detail: { size: [{ prefix: '7' }] } }, false],
    ['anything-but', { detail: { error: [{ 'anything-but': 'Announced' }] } }, true],
    ['anything-but that very value', { detail: { error: [{ 'anything-but': 'Timeout' }] } }, false],
    ['anything-but a list', { detail: { error: [{ 'anything-but': ['Timeout', 'x'] }] } }, false],
    ['anything-but where nothing is', { detail: { nothing: [{ 'anything-but': 'x' }] } }, false],
    ['anything-but null', { detail: { output: [{ 'anything-but': 'x' }] } }, true],
    ['anything-but prefix', { detail: { error: [{ 'anything-but': { prefix: 'Time' } }] } }, false],
    ['anything-but another prefix', { detail: { error: [{ 'anything-but': { prefix: 'Ann' } }] } }, true],
    ['exists', { detail: { error: [{ exists: true }] } }, true],
    ['exists where it should not', { detail: { error: [{ exists: false }] } }, false],
    ['exists of null', { detail: { output: [{ exists: true }] } }, true],
    ['absent', { detail: { nothing: [{ exists: false }] } }, true],
    ['absent within what is absent', { nothing: { deep: [{ exists: false }] } }, true],
    ['numeric within', { detail: { size: [{ numeric: ['>', 6, '<=', 7] }] } }, true],
    ['numeric outside', { detail: { size: [{ numeric: ['>=', 8] }] } }, false],
    ['numeric at its own bound', { detail: { size: [{ numeric: ['>=', 7] }] } }, true],
    ['numeric just below its bound', { detail: { score: [{ numeric: ['>=', 7] }] } }, false],
    ['numeric equal', { detail: { size: [{ numeric: ['=', 7] }] } }, true],
    ['numeric less', { detail: { size: [{ numeric: ['<', 7] }] } }, false],
    ['numeric of a text', { detail: { error: [{ numeric: ['>', 0] }] } }, false],
    ['$or, first branch', { $or: [{ source: ['aws.states'] }, { source: ['x'] }] }, true],
    ['$or, nested', { detail: { $or: [{ status: ['x'] }, { error: [{ exists: true }] }] } }, true],
    ['$or, no branch', { detail: { $or: [{ status: ['x'] }, { error: ['y'] }] } }, false],
    ['an inherited name', { toString: [{ exists: false }] }, true],
  ])('%s', (_name, pattern, expected) => {
    expect(compilePattern(pattern, 'rule')(event)).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    [
      'an unknown operator',
      { detail: { key: [{ wildcard: '*.txt' }] } },
      'rule.detail.key[0]: the local run does not know the operator "wildcard"',
    ],
    [
      'an unknown operator within anything-but',
      { a: [{ 'anything-but': { suffix: 'x' } }] },
      '"anything-but" with "suffix"',
    ],
    ['two operators at once', { a: [{ prefix: 'x', exists: true }] }, 'one operator at a time'],
    ['a prefix that is no text', { a: [{ prefix: 1 }] }, 'a prefix is a text'],
    ['an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, '"numeric" knows'],
    ['an inherited comparison', { a: [{ numeric: ['constructor', 1] }] }, '"numeric" knows'],
    ['a lone comparison', { a: [{ numeric: ['>'] }] }, 'needs pairs'],
    ['$or of no list', { $or: {} }, 'rule.$or: needs a list'],
    ['a bare value', { a: 'b' }, 'rule.a: an event pattern is an object'],
  ])('refuses %s when it is compiled', (_name, pattern, message) => {
    expect(() => compilePattern(pattern, 'rule')).toThrow(message);
  });
});
