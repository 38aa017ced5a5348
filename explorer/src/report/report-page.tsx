import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { useFrame, useLevelName, useToday } from '../app/frame-context';
import { DownloadMenu } from '../download/download-menu';
import { EarlierFiles } from '../download/earlier-files';
import { ReportFiles } from '../download/report-files';
import { useReportFiles } from '../download/use-report-files';
import { PlaceOfDocument, ReportDocument, type ReportQuery, type Role } from '../graph/operations';
import { Empty, Notice } from '../parts/notice';
import { Problem } from '../parts/problem';
import { formatCount } from '../texts/format';
import { Breadcrumb } from './breadcrumb';
import { Cards } from './cards';
import { Children } from './children';
import { Controls } from './controls';
import { filters } from './filter-values';
import { NoActivity } from './no-activity';
import { Other } from './other';
import { hasActivity, nameOf, type ReportNode } from './rows';
import { Trend } from './trend';
import { useFilterValues } from './use-filter-values';
import { changed, readView, writeView, type View } from './view';

export const isTenantWide = (roles: readonly Role[]): boolean =>
  roles.includes('ORG_ADMIN') || roles.includes('SUPER_ADMIN');

/** What a change of view tells the page it leads to. */
interface Passed {
  /** The node that has no place in the hierarchy that was switched to. */
  leftBehind?: string;
}

/** Reports are of classes, and a learner has none: what they would ask for is refused, so it is not asked. */
export function ReportPage() {
  const { t } = useTranslation();
  const { viewer } = useFrame();
  if (viewer.roles.some(role => role !== 'LEARNER')) return <ReportOfView />;
  return (
    <main className="page">
      <Empty isPage icon="lock" title={t('report.learner')}>
        <p>{t('report.learnerWhy')}</p>
      </Empty>
    </main>
  );
}

function ReportOfView() {
  const { t } = useTranslation();
  const today = useToday();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const view = useMemo(() => readView(search, today), [search, today]);
  const address = `/?${writeView(view)}`;
  const isWritten = search.has('from') && search.has('through');
  // The days stand in the address from the start: a link that is kept shows the same report tomorrow.
  useEffect(() => {
    if (!isWritten) void navigate(address, { replace: true });
  }, [isWritten, address, navigate]);

  const { data, previousData, error, loading } = useQuery(ReportDocument, { variables: variablesOf(view, today) });
  const shown = (data ?? previousData) as ReportQuery | undefined;
  const report = shown?.nodeReport;
  const node = report?.node.node;
  const change = (part: Partial<View>) => void navigate(`/?${writeView(changed(view, part))}`);
  const switchTo = useSwitch(view, node);
  const { files, ask, drop, dropRemoved, markSaved } = useReportFiles();
  const [isListing, setIsListing] = useState(false);
  const [isChoosing, setIsChoosing] = useState(false);
  const asOf = asOfDay(view, today);
  const isFiltered = filters.some(name => view.filter[name]);
  const { known, isAsking } = useFilterValues({
    ...{ node, period: view.period, asOf, isWanted: isFiltered || isChoosing },
  });

  useEffect(() => {
    document.title = node ? `${nameOf(node, t)} · Strata` : 'Strata';
  }, [node, t]);

  if (!report || !node) {
    return (
      <main className="page">
        {loading ? (
          <Skeleton />
        ) : error ? (
          <Problem isPage error={error} />
        ) : (
          <Empty isPage icon="tree" title={t('report.noNode')}>
            <p>{t('report.noNodeWhy')}</p>
            <p>
              <button type="button" className="button" onClick={() => change({ node: null })}>
                {t('report.toTop')}
              </button>
            </p>
          </Empty>
        )}
      </main>
    );
  }
  return (
    <main className="page report" aria-busy={loading}>
      <Breadcrumb view={view} node={node} />
      <Heading node={node}>
        <Controls
          {...{ view, known }}
          onChoosing={setIsChoosing}
          onChange={change}
          onSwitch={hierarchy => void switchTo(hierarchy)}
        />
        <DownloadMenu report={report} node={node} view={view} onAskFile={ask} onList={() => setIsListing(true)} />
      </Heading>
      {isListing && <EarlierFiles onClose={() => setIsListing(false)} onRemoved={dropRemoved} />}
      <ReportFiles files={files} onSaved={markSaved} onGone={drop} />
      <LeftBehind node={node} />
      {error && (
        <Notice kind="warning" title={t('report.partly')} live>
          <p>{t('problem.tryAgain')}</p>
        </Notice>
      )}
      {!hasActivity(report.node) && !isAsking && <NoActivity view={view} known={known} />}
      <Cards {...{ report, node, known }} asOf={asOf} filter={view.filter} />
      <Trend node={node} view={view} onChange={change} />
      <Children report={report} node={node} view={view} best={shown?.best} weakest={shown?.weakest} onChange={change} />
      {report.other && <Other row={report.other} view={view} />}
    </main>
  );
}

const asOfDay = (view: View, today: string): string => (view.period.through < today ? view.period.through : today);

function variablesOf(view: View, today: string) {
  const { subject, framework } = view.filter;
  const asOf = asOfDay(view, today);
  const { from } = view.period;
  return {
    nodeId: view.node,
    hierarchyId: view.hierarchy,
    period: view.period,
    interval: view.interval,
    filter: view.filter,
    // A competency's status has no content source.
    competencyFilter: { subject: subject ?? null, framework: framework ?? null },
    asOf,
    // What a status will be on a day to come nobody knows.
    competencyPeriod: { from: from < asOf ? from : asOf, through: asOf },
    orderBy: view.order,
    first: view.size,
    after: view.pages.at(-1) ?? null,
  };
}

/** Goes to another hierarchy and keeps the place: the node itself or, where it has none there, what is above it. */
function useSwitch(view: View, node: ReportNode | null | undefined) {
  const client = useApolloClient();
  const navigate = useNavigate();
  const { settings } = useFrame();
  return async (hierarchyId: string) => {
    const hierarchy = hierarchyId === settings.applicableHierarchy.id ? null : hierarchyId;
    const isSpecial = !node || ['tenant', 'scope', 'other'].includes(node.type);
    const candidates = isSpecial ? [] : [node, ...node.ancestors.toReversed()];
    const answers = await Promise.all(
      candidates.map(({ id }) => client.query({ query: PlaceOfDocument, variables: { id, hierarchyId } })),
    );
    const kept = answers.find(({ data }) => data?.hierarchyNode)?.data?.hierarchyNode?.id ?? null;
    const leftBehind = !isSpecial && kept !== node.id ? node.name : undefined;
    const passed: Passed = leftBehind ? { leftBehind } : {};
    void navigate(`/?${writeView(changed(view, { hierarchy, node: kept }))}`, { state: passed });
  };
}

function LeftBehind({ node }: { node: ReportNode }) {
  const { t } = useTranslation();
  const { leftBehind } = (useLocation().state ?? {}) as Passed;
  if (!leftBehind) return null;
  return <Notice title={t('report.leftBehind', { name: leftBehind, now: nameOf(node, t) })} live />;
}

function Heading({ node, children }: { node: ReportNode; children: React.ReactNode }) {
  const { t } = useTranslation();
  const levelName = useLevelName(node.hierarchyId);
  const counts = [
    t('report.classes', { count: node.classCount, classes: formatCount(node.classCount) }),
    ...(node.studentCount === null
      ? []
      : [t('report.students', { count: node.studentCount, students: formatCount(node.studentCount) })]),
  ];
  return (
    <header className="page-head">
      <div>
        <p className="kind">{levelName(node.type) ?? t(`type.${node.type as 'tenant'}`)}</p>
        <h1>{nameOf(node, t)}</h1>
        <p className="muted">{counts.join(' · ')}</p>
      </div>
      <div className="controls">{children}</div>
    </header>
  );
}

/** As large as what is coming, so that nothing jumps. */
function Skeleton() {
  const { t } = useTranslation();
  return (
    <div className="skeleton" role="status" aria-label={t('state.loading')}>
      <div className="skeleton-head" />
      <div className="cards">
        {[1, 2, 3, 4, 5].map(card => (
          <div key={card} className="card" />
        ))}
      </div>
      <div className="skeleton-chart" />
    </div>
  );
}
