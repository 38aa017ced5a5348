import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { UncategorisedDocument } from '../graph/operations';
import { Empty } from '../parts/notice';
import { Problem } from '../parts/problem';
import { Paging } from '../report/paging';
import { ChooseHierarchy, useChosenHierarchy } from './choose-hierarchy';
import { PlaceDialog, type Placeable } from './place-dialog';

const size = 25;

/** The classes that the hierarchy does not connect to a root, to be placed one by one. */
export function Uncategorised() {
  const hierarchy = useChosenHierarchy();
  return (
    <>
      <div className="tools">
        <ChooseHierarchy {...hierarchy} />
      </div>
      <Worklist key={hierarchy.chosen} hierarchyId={hierarchy.chosen} levelName={hierarchy.levelName} />
    </>
  );
}

function Worklist({ hierarchyId, levelName }: { hierarchyId: string; levelName(type: string): string | undefined }) {
  const { t } = useTranslation();
  const [pages, setPages] = useState<string[]>([]);
  const [placing, setPlacing] = useState<Placeable | null>(null);
  const { data, previousData, error } = useQuery(UncategorisedDocument, {
    variables: { hierarchyId, first: size, after: pages.at(-1) ?? null },
  });
  const hierarchy = (data ?? previousData)?.hierarchy;
  if (!hierarchy) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  const classes = hierarchy.other?.children;
  if (!classes || classes.totalCount === 0) {
    return <Empty icon="check" title={t('uncategorised.none')} />;
  }
  return (
    <section className="block" aria-label={t('admin.uncategorised')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('uncategorised.class')}</th>
            <th scope="col">{t('download.externalId')}</th>
            <th scope="col">
              <span className="hidden">{t('tree.place')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {classes.nodes.map(one => (
            <tr key={one.id}>
              <th scope="row">{one.name}</th>
              <td className="muted">{one.externalId}</td>
              <td className="number">
                <button type="button" className="button small" onClick={() => setPlacing(one)}>
                  {t('tree.place')}
                  <span className="hidden"> {one.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <footer className="block-foot">
        <Paging
          total={classes.totalCount}
          before={pages.length * size}
          shown={classes.nodes.length}
          next={classes.pageInfo.hasNextPage ? classes.pageInfo.endCursor : null}
          pages={pages}
          onTurn={setPages}
        />
      </footer>
      {placing && (
        <PlaceDialog
          things={[placing]}
          hierarchyId={hierarchyId}
          levelName={levelName}
          onClose={() => {
            setPages([]);
            setPlacing(null);
          }}
        />
      )}
    </section>
  );
}
