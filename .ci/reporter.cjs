// Mocha's spec reporter, closed by one line that machines read: `12 passed, 0 failed`.
// Specs run in parallel workers; this object lives in the main process and sees them all.
const { reporters, Runner } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      process.stdout.write(`\n${this.stats.passes} passed, ${this.stats.failures} failed\n`);
    });
  }
};
