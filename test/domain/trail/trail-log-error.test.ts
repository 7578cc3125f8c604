import { expect, test } from '@jest/globals';
import {
  isTrailLogError,
  TrailLogError,
  trailLogFaultCodes,
} from '../../../src/domain/trail/trail-log-error.ts';

test.each(trailLogFaultCodes)('tells a TrailLogError of code %s', code => {
  const error = new TrailLogError(code, 'why', { cause: 'that' });
  expect(error).toMatchObject({ name: 'TrailLogError', code, message: 'why', cause: 'that' });
  expect(isTrailLogError(error)).toBe(true);
});

test('tells one of another copy of the package', () => {
  expect(isTrailLogError(Object.assign(new Error('x'), { name: 'TrailLogError', code: 'empty' }))).toBe(true);
});

test.each([
  ['another name', Object.assign(new Error('x'), { code: 'empty' })],
  ['another code', Object.assign(new Error('x'), { name: 'TrailLogError', code: 'ENOENT' })],
  ['no error', { name: 'TrailLogError', code: 'empty' }],
  ['nothing', undefined],
])('is not misled by %s', (_what, error) => {
  expect(isTrailLogError(error)).toBe(false);
});
