import { setImmediate } from 'node:timers/promises';

/** What is put together until it is asked. */
interface Gathered<Answer> {
  answer: Promise<Answer>;
  /** Who has come for it. */
  count: number;
}

/** Rounds of the event loop that a question waits at most, as long as each brings somebody else who wants it. */
const mostRounds = 8;

/**
 * Asks one question for all who want the same answer at about the same time. Whoever comes once it has been asked waits
 * for the next one, which begins after they came: nobody is told what was so before they asked.
 */
export class AskedTogether<Key, Answer> {
  private readonly gathered = new Map<Key, Gathered<Answer>>();
  private readonly underWay = new Map<Key, Promise<unknown>>();

  constructor(private readonly ask: (key: Key) => Promise<Answer>) {}

  of(key: Key): Promise<Answer> {
    const known = this.gathered.get(key);
    if (known) {
      known.count++;
      return known.answer;
    }
    const made: Gathered<Answer> = { count: 1, answer: Promise.resolve().then(() => this.begin(key, made)) };
    this.gathered.set(key, made);
    return made.answer;
  }

  private async begin(key: Key, made: Gathered<Answer>): Promise<Answer> {
    await this.underWay.get(key);
    // Requests are let in one in each round: who is here at the same time is heard of within the next few.
    for (let rounds = 0, before = 0; rounds < mostRounds && before < made.count; rounds++) {
      before = made.count;
      await setImmediate();
    }
    this.gathered.delete(key);
    const asked = this.ask(key);
    const ended = asked.then(() => undefined, () => undefined);
    this.underWay.set(key, ended);
    void ended.then(() => {
      if (this.underWay.get(key) === ended) this.underWay.delete(key);
    });
    return asked;
  }
}
