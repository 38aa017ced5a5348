import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { writeOuladBundle } from './write-bundle';

const madeUp = path.join(__dirname, 'made-up');
const room = mkdtempSync(path.join(tmpdir(), 'oulad-'));
afterAll(() => rmSync(room, { recursive: true }));

describe('nothing is left behind', () => {
  /** A copy of the made-up set, to be spoilt. */
  const spoilt = (): string => {
    const folder = mkdtempSync(path.join(room, 'spoilt-'));
    cpSync(madeUp, folder, { recursive: true });
    return folder;
  };
  const refused = async (from: string): Promise<string> => {
    const target = path.join(room, 'deep', 'refused');
    const error: unknown = await writeOuladBundle({ from, out: target }).then(() => null, reason => reason);
    expect(error).toBeInstanceOf(BadInput);
    expect(existsSync(path.join(room, 'deep'))).toBe(false);
    return (error as BadInput).message;
  };

  test('when files and columns are missing, which are named all at once', async () => {
    const from = spoilt();
    rmSync(path.join(from, 'courses.csv'));
    writeFileSync(path.join(from, 'studentInfo.csv'), 'code_module,code_presentation,student,gender\n');
    writeFileSync(path.join(from, 'assessments.csv'), '');
    const message = await refused(from);
    expect(message).toContain('courses.csv: expected the file; there is none');
    expect(message).toContain('studentInfo.csv: expected the columns'
      + ' code_module, code_presentation, id_student, region;'
      + ' came code_module, code_presentation, student, gender; missing id_student, region');
    expect(message).toContain('assessments.csv: expected a header');
  });

  test('when the folder is not there', async () => {
    expect(await refused(path.join(room, 'nowhere'))).toContain('nowhere is not a folder of the Open University');
  });

  test('when a file breaks off inside a quotation, after much was written', async () => {
    const from = spoilt();
    const file = path.join(from, 'studentAssessment.csv');
    writeFileSync(file, `${readFileSync(file, 'utf8')}"121","10`);
    expect(await refused(from)).toContain('studentAssessment.csv: expected a CSV file');
  });
});

test('a folder that holds files is refused and left as it was', async () => {
  const out = path.join(room, 'full');
  await writeOuladBundle({ from: madeUp, out });
  const before = readdirSync(out);
  await expect(writeOuladBundle({ from: madeUp, out })).rejects.toThrow('expected an empty folder');
  expect(readdirSync(out)).toEqual(before);
  expect(before).toHaveLength(10);
});

test('the same files make the same bundle', async () => {
  const [out, again] = [path.join(room, 'once'), path.join(room, 'again')];
  await writeOuladBundle({ from: madeUp, out });
  await writeOuladBundle({ from: madeUp, out: again });
  for (const file of readdirSync(out)) {
    expect(readFileSync(path.join(again, file), 'utf8')).toBe(readFileSync(path.join(out, file), 'utf8'));
  }
});
