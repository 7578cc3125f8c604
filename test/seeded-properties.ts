import fc from 'fast-check';

/**
 * Properties are tried on the same values each time, so that a change decides whether a test fails; on others where the
 * environment names a seed.
 */
fc.configureGlobal({ seed: Number(process.env['SALLYPORT_TEST_SEED'] ?? 20_261_121) });

export default fc;
