interface Turn {
  ended: Promise<void>;
  next?: Promise<unknown>;
}

/**
 * Asks one question for all who want the same answer meanwhile. Whoever comes while it is asked waits for the next one,
 * which begins after they came: nobody is told what was so before they asked.
 */
export class AskedTogether<Key, Answer> {
  private readonly underWay = new Map<Key, Turn>();

  constructor(private readonly ask: (key: Key) => Promise<Answer>) {}

  of(key: Key): Promise<Answer> {
    const turn = this.underWay.get(key);
    if (!turn) return this.begin(key);
    return (turn.next ??= turn.ended.then(() => this.begin(key))) as Promise<Answer>;
  }

  private begin(key: Key): Promise<Answer> {
    const answer = this.ask(key);
    const turn: Turn = { ended: answer.then(() => undefined, () => undefined) };
    this.underWay.set(key, turn);
    void turn.ended.then(() => {
      if (!turn.next) this.underWay.delete(key);
    });
    return answer;
  }
}
