import { Problem } from '../../shared/errors';

export interface RoomSettings {
  /** Bytes of all bodies that are held at the same time. */
  mostBytes: number;
  /** Records of all bodies that are worked on at the same time: what is said of each takes many times its bytes. */
  mostRecords: number;
}

const usual: RoomSettings = { mostBytes: 512 * 1024 * 1024, mostRecords: 400_000 };
const secondsToWait = 5;

/** One body that is being held. */
export interface HeldBody {
  /** Says that so many bytes more have come; throws RATE_LIMITED where there is no room for them. */
  claim(bytes: number): void;
  /** Resolves when so many records may be worked on; who came first goes first. */
  turn(records: number): Promise<void>;
}

/**
 * What bodies take of a process's memory, whoever sends them. Each caller sends some at a time, each of them large: a
 * dozen callers would have taken more than there is, and whoever was served beside them would have gone with the process.
 */
export class BodyRoom {
  private held = 0;
  private working = 0;
  private readonly waiting: { records: number; begin: () => void }[] = [];

  constructor(private readonly settings: RoomSettings = usual) {}

  /** Does something with a body; what it claims is given back at the end, however that comes. */
  async with<T>(work: (body: HeldBody) => Promise<T>): Promise<T> {
    let own = 0;
    let records = 0;
    const claim = (bytes: number): void => {
      if (this.held + bytes > this.settings.mostBytes) throw noRoom();
      this.held += bytes;
      own += bytes;
    };
    const turn = async (count: number): Promise<void> => {
      await new Promise<void>(begin => {
        this.waiting.push({ records: count, begin });
        this.next();
      });
      records = count;
    };
    try {
      return await work({ claim, turn });
    } finally {
      this.held -= own;
      this.working -= records;
      this.next();
    }
  }

  /** A body goes on where there is room for its records, or nothing else is worked on. */
  private next(): void {
    for (let [first] = this.waiting; first; [first] = this.waiting) {
      if (this.working > 0 && this.working + first.records > this.settings.mostRecords) return;
      this.working += first.records;
      this.waiting.shift();
      first.begin();
    }
  }
}

const noRoom = (): Problem =>
  new Problem('RATE_LIMITED', `More activity is being sent than can be held at a time; please send this again in ${secondsToWait} seconds.`, {
    retryAfter: secondsToWait,
  });
