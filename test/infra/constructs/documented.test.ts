import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { flowNames, makeFlow, plainStack } from './flows.ts';

test.each(flowNames)('every grant and metric of %s stands in docs/constructs.md', name => {
  const text = readFileSync(new URL('../../../docs/constructs.md', import.meta.url), 'utf8');
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(makeFlow(plainStack(), name)));
  const shown = methods.filter(method => /^(grant|metric)[A-Z]/.test(method));
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.filter(method => !text.includes(`\`${method}\``))).toEqual([]);
});
