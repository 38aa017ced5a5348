/**
 * Who comes and goes all the time and takes much along: requests, say. Not a Set: after some changes a Set moves into a new
 * table, and the old one keeps what stood in it and points to the new one. Once one of them has grown old, the quick
 * collections of garbage take it for needed, and after it each that follows, with all that ever stood there, until the next
 * full one. Few are there at a time, so that looking for one takes no longer.
 */
export class Crowd<Member> implements Iterable<Member> {
  private readonly members: Member[] = [];

  join(member: Member): void {
    this.members.push(member);
  }

  leave(member: Member): void {
    const at = this.members.indexOf(member);
    const last = this.members.pop();
    if (at >= 0 && at < this.members.length) this.members[at] = last!;
    else if (at < 0 && last !== undefined) this.members.push(last);
  }

  [Symbol.iterator](): Iterator<Member> {
    return [...this.members][Symbol.iterator]();
  }
}
