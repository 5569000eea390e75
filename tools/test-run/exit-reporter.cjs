const GRACE_MS = 10_000;

/** Ends a run that something keeps alive after its last test: a test that failed may leave a server open. */
module.exports = class ExitReporter {
  onRunComplete(_contexts, { success }) {
    setTimeout(() => {
      console.error(
        `Jest is ended: what a test has opened is still open ${GRACE_MS / 1000} s after the last test.`,
      );
      process.exit(success ? 0 : 1);
    }, GRACE_MS).unref();
  }
};
