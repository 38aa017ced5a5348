import { progress } from './log';

type Step = () => Promise<unknown> | unknown;

/**
 * What must be ended when the command ends, the last begun first. Ctrl-C and SIGTERM end it in order, at whatever
 * point of the start they come; a second one leaves at once.
 */
export class Shutdown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | undefined;
  private settle!: (exitCode: number) => void;
  /** Resolves with the exit code once everything has ended. */
  readonly ended: Promise<number> = new Promise(resolve => (this.settle = resolve));

  constructor() {
    let first = 0;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // One Ctrl-C arrives twice where npm or timeout hands it on beside the terminal: nobody is that impatient.
        if (this.running && performance.now() - first < 1_000) return;
        if (this.running) process.exit(130);
        first = performance.now();
        progress(`Stopping (${signal}); again to stop at once`);
        void this.stop(0);
      });
    }
    // A process that was started by another one ends with it.
    process.on('disconnect', () => void this.stop(0));
    process.channel?.unref(); // but the channel to it keeps nothing alive that has ended otherwise
  }

  get stopping(): boolean {
    return this.running !== undefined;
  }

  /** Called before what it ends has quite begun, so that nothing is left behind when a signal comes in between. */
  defer(step: Step): void {
    this.steps.push(step);
  }

  stop(exitCode: number): Promise<void> {
    return (this.running ??= this.runSteps().then(() => this.settle(exitCode)));
  }

  private async runSteps(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        progress(`While stopping: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
