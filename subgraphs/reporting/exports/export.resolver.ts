import { Arg, Ctx, Directive, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { notFound, Problem } from '../../shared/errors';
import { exportNumber, publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import type { ReportingContext } from '../context';
import { HierarchyNode, nodeReference } from '../reports/node-figures.resolver';
import type { ExportRow } from './export.queries';
import { Export, ExportConnection, ExportInput, ExportStatus } from './export.type';
import { removeExport } from './remove';
import { requestExport } from './request';

/** As its requester sees it. */
function shownExport(row: ExportRow): Export {
  const { question, format, status, rowsDone: done, rowsTotal: total, reason, createdAt, asOf, expiresAt, fileName } = row;
  const id = publicId('export', row.id);
  const completed = status === ExportStatus.COMPLETED;
  return {
    ...{ id, format, status, reason, createdAt, asOf, expiresAt, fileName },
    report: question.report,
    nodeId: question.nodeId,
    hierarchyId: question.hierarchyKey,
    progress: { done, total, share: total === null ? null : total === 0 ? 1 : done / total },
    bytes: completed ? Number(row.bytes) : null,
    rows: completed ? done : null,
    downloadUrl: completed ? `/exports/${id}/file` : null,
  };
}

@Resolver(() => Export)
export class ExportResolver {
  @Directive('@provides(fields: "externalId name type classCount")')
  @FieldResolver(() => HierarchyNode, {
    nullable: true,
    description: 'As it is now. Null once the caller may not see it, or it is gone; the file is then refused as well.',
  })
  async node(@Root() { nodeId: id, hierarchyId }: Export, @Ctx() { loaders }: ReportingContext): Promise<HierarchyNode | null> {
    try {
      const found = await loaders.nodes.found.load({ id, hierarchyKey: hierarchyId });
      return found?.visible ? nodeReference(found.node) : null;
    } catch (error) {
      if (error instanceof Problem && error.code === 'NOT_FOUND') return null; // of a hierarchy that is gone
      throw error;
    }
  }

  @Query(() => Export, { nullable: true, description: "One of the caller's own files; null where it has expired, or is somebody else's." })
  async export(@Arg('id', () => ID) id: string, @Ctx() { loaders }: ReportingContext): Promise<Export | null> {
    const row = await loaders.export(id);
    return row && shownExport(row);
  }

  @Query(() => ExportConnection, { description: "The caller's own files, newest first." })
  async exports(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) asked: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<ExportConnection> {
    const question = ['exports'];
    const place = readPlace(after, question, { id: 'number' });
    const first = checkFirst(asked ?? 50);
    const { rows, total } = await loaders.exports({ before: place?.id ?? null, first: first + 1 });
    const nodes = rows.slice(0, first);
    const last = nodes.at(-1);
    return {
      nodes: nodes.map(shownExport),
      totalCount: total,
      pageInfo: { hasNextPage: rows.length > first, endCursor: last ? writeCursor([last.id], question) : null },
    };
  }

  @Mutation(() => Export, {
    description:
      'Asks for a report as a file: of a node that the caller may see, as nodeReport answers. It is made in the ' +
      'background; see `export`. TOO_LARGE where it would have too many rows for its format (PDF 30,000, CSV and XLSX ' +
      '2,000,000; 50,000 children of one node); RATE_LIMITED where five of the caller\'s files are not finished, or fifty are kept.',
  })
  async requestExport(
    @Arg('input', () => ExportInput) input: ExportInput,
    @Ctx() { caller, session, loaders, now }: ReportingContext,
  ): Promise<Export> {
    return shownExport(await requestExport(input, { caller, session, loaders, now }));
  }

  @Mutation(() => Export, { description: "Removes one of the caller's own files; one that is not finished is not made." })
  async removeExport(@Arg('id', () => ID) id: string, @Ctx() { caller, session, now }: ReportingContext): Promise<Export> {
    const number = exportNumber(id);
    const row = number === null ? undefined : await session.write(tx => removeExport(tx, { id: number, caller, now }));
    if (!row) throw notFound(`There is no export '${id}'.`);
    return shownExport(row);
  }
}
