/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  maxWorkers: 2,
  // Modules of finished files stay in a worker's memory (ES modules in vm contexts), and collecting them takes ever longer.
  workerIdleMemoryLimit: '768MB',
  // A hang ends a test, a busy machine does not.
  testTimeout: 180_000,
  collectCoverageFrom: ['src/**/*.ts', '!src/**/index.ts'],
  coverageReporters: ['text-summary', 'json-summary', 'lcov'],
  coverageThreshold: { './src/domain/': { branches: 95 } },
  reporters: ['default', '<rootDir>/test/tally-reporter.js'],
};
