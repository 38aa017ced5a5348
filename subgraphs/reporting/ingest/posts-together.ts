import { Problem, toProblem } from '../../shared/errors';

interface Waiting<Post, Receipt> {
  post: Post;
  resolve: (receipt: Receipt) => void;
  reject: (error: unknown) => void;
}

export interface TogetherSettings<Post, Receipt> {
  /** Stores posts in one transaction and says what became of each. */
  store: (posts: readonly Post[]) => Promise<Receipt[]>;
  /** Transactions at a time. */
  atOnce: number;
  sizeOf: (post: Post) => number;
  /** How much must be waiting for a transaction beside others that are under way. */
  enough: number;
  /** How much a transaction has at most; a larger post goes alone. */
  most: number;
  /** Called when nobody is left. */
  onIdle: () => void;
}

/**
 * Posts that come while others are being stored wait for these, and then share a transaction: of one with few events, most
 * is its beginning and its end. Whoever comes alone goes at once, and nobody waits for others who may yet come.
 */
export class PostsTogether<Post, Receipt> {
  private readonly waiting: Waiting<Post, Receipt>[] = [];
  /** Of all that wait, together. */
  private size = 0;
  private underWay = 0;

  constructor(private readonly settings: TogetherSettings<Post, Receipt>) {}

  send(post: Post): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ post, resolve, reject });
      this.size += this.settings.sizeOf(post);
      this.begin();
    });
  }

  private begin(): void {
    while (this.mayBegin()) void this.work(this.next());
  }

  private mayBegin(): boolean {
    const { atOnce, enough } = this.settings;
    return this.waiting.length > 0 && (this.underWay === 0 || (this.underWay < atOnce && this.size >= enough));
  }

  private async work(posts: readonly Waiting<Post, Receipt>[]): Promise<void> {
    this.underWay++;
    await this.store(posts);
    this.underWay--;
    this.begin();
    if (this.underWay === 0) this.settings.onIdle();
  }

  /** Those that came first, as many as a transaction may have. */
  private next(): Waiting<Post, Receipt>[] {
    const { sizeOf, most } = this.settings;
    let taken = 0;
    let end = 0;
    for (; end < this.waiting.length; end++) {
      const size = sizeOf(this.waiting[end]!.post);
      if (end > 0 && taken + size > most) break;
      taken += size;
    }
    this.size -= taken;
    return this.waiting.splice(0, end);
  }

  /** Each hears of its own. Where one of several may have spoiled it for the others, each is stored by itself. */
  private async store(posts: readonly Waiting<Post, Receipt>[]): Promise<void> {
    try {
      const receipts = await this.settings.store(posts.map(({ post }) => post));
      for (const [index, { resolve }] of posts.entries()) resolve(receipts[index]!);
    } catch (error) {
      if (posts.length === 1 || toProblem(error) instanceof Problem) for (const { reject } of posts) reject(error);
      else for (const post of posts) await this.store([post]);
    }
  }
}
