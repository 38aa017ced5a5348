/** Tenants that wait for one kind of work, each of them once, and that work for one after the other. */
export class Lane {
  private readonly waiting = new Set<number>();
  private working: Promise<void> | undefined;
  private stopped = false;
  private readonly postponed = new Map<number, NodeJS.Timeout>();

  /** `work` must not reject. */
  constructor(private readonly work: (tenantId: number) => Promise<void>) {}

  /** Whether the work under way had better end soon. */
  get isWaitedFor(): boolean {
    return this.stopped || this.waiting.size > 0;
  }

  /** Nothing where it is to come later. */
  add(tenantId: number): void {
    if (!this.postponed.has(tenantId)) this.waiting.add(tenantId);
  }

  /** In so many milliseconds, or when that was said before. */
  addLater(tenantId: number, milliseconds: number): void {
    if (this.stopped || this.postponed.has(tenantId)) return;
    const timer = setTimeout(() => {
      this.postponed.delete(tenantId);
      this.add(tenantId);
      this.wake();
    }, milliseconds).unref();
    this.postponed.set(tenantId, timer);
  }

  wake(): void {
    if (this.stopped) return;
    this.working ??= this.goThrough().finally(() => {
      this.working = undefined;
      if (this.waiting.size > 0) this.wake(); // who came while the last one ended
    });
  }

  /** Resolves once the work under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.postponed.values()) clearTimeout(timer);
    await this.working;
  }

  private async goThrough(): Promise<void> {
    while (!this.stopped && this.waiting.size > 0) {
      const [tenantId] = this.waiting as unknown as [number];
      this.waiting.delete(tenantId);
      await this.work(tenantId);
    }
  }
}
