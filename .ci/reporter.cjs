// Mocha's spec reporter plus a final machine-readable line: `12 passed, 0 failed`. Specs run in parallel
// workers; this object lives in the main process and sees them all.
const { reporters, Runner } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      process.stdout.write(`\n${this.stats.passes} passed, ${this.stats.failures} failed\n`);
    });
  }
};
