/** Prints one plain line, `Tally: N passed, N failed`, for tools that read a run's last words. */
export default class TallyReporter {
  onRunComplete(_contexts, results) {
    process.stdout.write(
      `Tally: ${results.numPassedTests} passed, ${results.numFailedTests + results.numRuntimeErrorTestSuites} failed\n`,
    );
  }
}
