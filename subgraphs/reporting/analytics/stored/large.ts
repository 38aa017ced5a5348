/** Learners of a class, about: to tell what takes long, and for nothing else. */
export const studentsOfClass = 25;

/** Learners by windows that are looked at one by one in less than a second. */
export const comfortable = 10_000;

/** Rather than with figures of a while ago, somebody is left waiting for so many: some seconds. */
export const bearable = 30_000;
