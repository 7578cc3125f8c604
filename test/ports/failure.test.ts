import { describe, expect, test } from '@jest/globals';
import { failureKinds, isPortError, PortError } from '../../src/ports/failure.ts';

const options = {
  kind: 'denied',
  operation: 'ObjectStore.head',
  code: 'AccessDenied',
  message: 'ObjectStore.head on uploads failed: AccessDenied',
} as const;

describe('PortError', () => {
  test.each(failureKinds)('carries kind %s, operation, code and message', kind => {
    const error = new PortError({ ...options, kind });

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ ...options, kind, name: 'PortError' });
  });

  test('keeps its cause', () => {
    const cause = new Error('socket');

    expect(new PortError({ ...options, cause }).cause).toBe(cause);
    expect(new PortError(options)).not.toHaveProperty('cause');
  });
});

describe('isPortError', () => {
  class Subclass extends PortError {}
  // As another copy of the package would make it: it shares the registered symbol, not the class.
  const foreign = Object.assign(new Error('x'), { [Symbol.for('sallyport.PortError')]: true });

  test.each<[string, unknown, boolean]>([
    ['a PortError', new PortError(options), true],
    ['a subclass of it', new Subclass(options), true],
    ['one of another copy of the package', foreign, true],
    ['another error', new Error('x'), false],
    ['an error of that name', Object.assign(new Error('x'), { name: 'PortError', kind: 'denied' }), false],
    ['a plain object with the brand', { [Symbol.for('sallyport.PortError')]: true }, false],
    ['a text', 'PortError', false],
    ['nothing', undefined, false],
    ['null', null, false],
  ])('%s', (_, value, expected) => {
    expect(isPortError(value)).toBe(expected);
  });
});
