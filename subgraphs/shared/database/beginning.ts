import type { PoolClient } from 'pg';
import { applicationRole } from '../../../migrations/row-level-security';
import { shareAcceptance } from './acceptance-lock.queries';
import { execute, prepareOn, type FirstQuestion, type Question } from './standing-statements';
import type { Access } from './transaction';
import { moveSlot, selectVersion } from './version.queries';

export interface BeginningParts {
  stepDown: boolean;
  prepares: boolean;
  statementTimeout?: number | undefined;
  firstQuestion?: FirstQuestion | undefined;
  lastQuestion?: ((tenantId: number) => string) | undefined;
}

/** What a transaction knows from its first message on; nothing of a `write`. */
export interface Seen {
  /** The tenant's version and its structure's: see version.queries.ts. */
  version?: string;
  structure?: string;
  /** What was asked for with the database's questions. */
  firstAnswer?: object | undefined;
  lastAnswer?: object | undefined;
}

/** How a database's transactions begin. Only integers and our own words go into the messages. */
export class Beginning {
  private readonly questions: Question[];

  constructor(private readonly parts: BeginningParts) {
    this.questions = [selectVersion, ...(parts.firstQuestion ? [parts.firstQuestion.ask] : [])];
  }

  /**
   * What messages begin and end with, once a connection and outside a transaction; planning these each time took longer
   * than all else about a small write.
   */
  async prepareOn(client: PoolClient): Promise<void> {
    if (!this.parts.prepares) return;
    await prepareOn(client, [moveSlot('$1', '$2'), ...this.questions.map(question => question('$1'))]);
  }

  /** Begin, settings and, but of a write, the questions in one message: one way to the server instead of five. */
  async begin(client: PoolClient, tenantId: number, access: Access): Promise<Seen> {
    const settings = this.settings(tenantId, access);
    if (access === 'write') {
      await client.query(settings.join('; '));
      return {};
    }
    const { firstQuestion, lastQuestion } = this.parts;
    const questions = this.questions.map(question => this.asked(question, tenantId));
    if (lastQuestion) questions.push(lastQuestion(tenantId));
    const answers = await rowsOf<object>(client, [...settings, ...questions], settings.length);
    return {
      ...answers[0],
      firstAnswer: firstQuestion && answers[1],
      lastAnswer: lastQuestion && answers.at(-1),
    };
  }

  /** The tenant's version, in one message there and back. */
  askVersion(client: PoolClient, tenantId: number): Promise<{ version: string }> {
    return this.ask(client, tenantId, this.asked(selectVersion, tenantId));
  }

  /**
   * The row that answers a question without parameters, likewise: the statements of one message are a transaction by
   * themselves, in which settings hold.
   */
  async ask<Row>(client: PoolClient, tenantId: number, question: string): Promise<Row> {
    const [, ...settings] = this.settings(tenantId, 'read');
    const [row] = await rowsOf<Row>(client, [...settings, question], settings.length);
    return row!;
  }

  private asked(question: Question, tenantId: number): string {
    return this.parts.prepares ? execute(question('$1'), tenantId) : question(tenantId);
  }

  private settings(tenantId: number, access: Access): string[] {
    return [
      access === 'read' ? 'begin isolation level repeatable read read only' : 'begin',
      ...(this.parts.stepDown ? [`set local role ${applicationRole}`] : []),
      `set local app.tenant_id = '${tenantId}'`,
      `set local statement_timeout = ${this.parts.statementTimeout ?? 30_000}`,
      // The same few statements all the time, for ten events or a thousand: planned for each number anew, small batches
      // took longer to plan than to write.
      ...(access === 'activity' ? [`set local plan_cache_mode = force_generic_plan`] : []),
      ...(access === 'activity' ? [shareAcceptance(tenantId)] : []),
    ];
  }
}

/** The first row of each statement of one message, those before `from` left out. */
async function rowsOf<Row>(client: PoolClient, statements: string[], from: number): Promise<(Row | undefined)[]> {
  const results = (await client.query(statements.join('; '))) as unknown as { rows: Row[] }[];
  return results.slice(from).map(({ rows }) => rows[0]);
}
