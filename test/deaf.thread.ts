/** What a thread begins with that is to hear nothing: it waits for ever, as one does that never comes out of a loop. */
export const begin = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
