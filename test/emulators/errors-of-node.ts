import { types } from 'node:util';
import { afterAll, beforeAll } from '@jest/globals';

/**
 * Lets the errors of Node.js itself be instances of `Error`, as they are everywhere but in Jest, which runs tests in
 * a realm of its own: the AWS SDK would take a socket error for a foreign thing and lose its code.
 */
export function useErrorsOfNode(): void {
  beforeAll(() => {
    Object.defineProperty(Error, Symbol.hasInstance, {
      configurable: true,
      value(this: unknown, candidate: unknown) {
        if (this === Error) return types.isNativeError(candidate);
        // Subclasses inherit this method.
        return Function.prototype[Symbol.hasInstance].call(this, candidate);
      },
    });
  });

  afterAll(() => {
    Reflect.deleteProperty(Error, Symbol.hasInstance);
  });
}
