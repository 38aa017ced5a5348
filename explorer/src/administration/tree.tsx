import { useMutation, useQuery } from '@apollo/client/react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import {
  CreateGroupDocument,
  FindGroupsDocument,
  TreeChildrenDocument,
  TreeRootsDocument,
  type BranchFragment,
  type GroupType,
} from '../graph/operations';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Problem, Refused } from '../parts/problem';
import { formatCount } from '../texts/format';
import { ChooseHierarchy, useChosenHierarchy } from './choose-hierarchy';
import { PlaceDialog, TakeOutDialog, type Placeable } from './place-dialog';

type Asked = { what: 'move'; things: readonly Placeable[] } | { what: 'takeOut'; child: Placeable };

/** The tenant's tree in one hierarchy, opened branch by branch. */
export function Tree() {
  const { t } = useTranslation();
  const hierarchy = useChosenHierarchy();
  const { chosen, levelName, isInUse } = hierarchy;
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isNew, setIsNew] = useState(false);
  const close = () => setAsked(null);
  return (
    <>
      <div className="tools">
        <ChooseHierarchy {...hierarchy} />
        <button type="button" className="button" onClick={() => setIsNew(true)}>
          {t('tree.newGroup')}
        </button>
      </div>
      <section className="block" aria-label={t('admin.tree')}>
        {isInUse ? (
          <Roots key={chosen} hierarchyId={chosen} levelName={levelName} onAsk={setAsked} />
        ) : (
          <p className="muted">{t('tree.unused')}</p>
        )}
      </section>
      <Unplaced key={`unplaced ${chosen}`} hierarchyId={chosen} levelName={levelName} onAsk={setAsked} />
      {asked?.what === 'move' && <PlaceDialog things={asked.things} hierarchyId={chosen} levelName={levelName} onClose={close} />}
      {asked?.what === 'takeOut' && <TakeOutDialog child={asked.child} hierarchyId={chosen} onClose={close} />}
      {isNew && <NewGroup levels={hierarchy.all.find(({ id }) => id === chosen)?.levels ?? []} onClose={() => setIsNew(false)} />}
    </>
  );
}

interface BranchProps {
  hierarchyId: string;
  levelName(type: string): string | undefined;
  onAsk(asked: Asked): void;
}

function Roots({ hierarchyId, ...rest }: BranchProps) {
  const { t } = useTranslation();
  const { data, error } = useQuery(TreeRootsDocument, { variables: { hierarchyId } });
  const roots = data?.hierarchy?.roots as BranchFragment[] | null | undefined;
  if (!roots) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  if (roots.length === 0) return <p className="muted">{t('tree.noRoots')}</p>;
  return (
    <ul className="tree">
      {roots.map(node => (
        <Branch key={node.id} node={node} isOpenFirst={roots.length === 1} hierarchyId={hierarchyId} {...rest} />
      ))}
    </ul>
  );
}

function Branch({ node, isOpenFirst = false, ...rest }: BranchProps & { node: BranchFragment; isOpenFirst?: boolean }) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(isOpenFirst);
  const isClass = node.type === 'class';
  const { levelName, onAsk } = rest;
  return (
    <li>
      <div className="branch">
        {isClass ? (
          <span className="branch-name leaf">{node.name}</span>
        ) : (
          <button type="button" className="branch-name" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            <Icon name={isOpen ? 'down' : 'right'} />
            {node.name}
          </button>
        )}
        <span className="kind">
          {levelName(node.type) ?? t(`type.${node.type as 'class'}`)}
          {!isClass && ` · ${t('report.classes', { count: node.classCount, classes: formatCount(node.classCount) })}`}
        </span>
        <span className="branch-tools">
          <button type="button" className="button small" onClick={() => onAsk({ what: 'move', things: [node] })}>
            {t('tree.move')}
            <span className="hidden"> {node.name}</span>
          </button>
          <button type="button" className="button small" onClick={() => onAsk({ what: 'takeOut', child: node })}>
            {t('tree.takeOut')}
            <span className="hidden"> {node.name}</span>
          </button>
        </span>
      </div>
      {isOpen && <Below id={node.id} {...rest} />}
    </li>
  );
}

const pageSize = 50;

/** A node's children, more of them at the end of the list. */
function Below({ id, ...rest }: BranchProps & { id: string }) {
  const { t } = useTranslation();
  const [size, setSize] = useState(pageSize);
  const { hierarchyId } = rest;
  const { data, previousData, error } = useQuery(TreeChildrenDocument, {
    variables: { id, hierarchyId, first: size, after: null },
  });
  const children = (data ?? previousData)?.hierarchyNode?.children;
  if (!children) return error ? <Problem error={error} /> : <p className="loading branch">{t('state.loading')}</p>;
  return (
    <ul className="tree">
      {(children.nodes as BranchFragment[]).map(node => (
        <Branch key={node.id} node={node} {...rest} />
      ))}
      {children.nodes.length === 0 && <li className="muted branch">{t('children.none')}</li>}
      {children.pageInfo.hasNextPage && (
        <li className="branch">
          <button type="button" className="button small" onClick={() => setSize(Math.min(1000, size + 200))}>
            {t('tree.more', { shown: formatCount(children.nodes.length), total: formatCount(children.totalCount) })}
          </button>
        </li>
      )}
    </ul>
  );
}

/** Groups that could stand in this hierarchy and do not; several can be placed under one parent at once. */
function Unplaced({ hierarchyId, levelName, onAsk }: BranchProps) {
  const { t } = useTranslation();
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const choose = (id: string, isChosen: boolean): void =>
    setChosenIds(new Set(isChosen ? [...chosenIds, id] : [...chosenIds].filter(other => other !== id)));
  const { data, error } = useQuery(FindGroupsDocument, {
    variables: { search: null, hierarchyId, placed: false, first: 100, after: null },
  });
  const groups = data?.groups;
  if (!groups) return error ? <Problem error={error} /> : null;
  if (groups.totalCount === 0) return <p className="muted below">{t('unplaced.none')}</p>;
  const chosen = groups.nodes.filter(({ id }) => chosenIds.has(id)); // what was placed meanwhile is not there any more
  return (
    <section className="block" aria-labelledby="unplaced-heading">
      <header className="block-head">
        <h2 id="unplaced-heading">{t('unplaced.title')}</h2>
        <p className="muted">{t('unplaced.count', { count: groups.totalCount, groups: formatCount(groups.totalCount) })}</p>
      </header>
      <p className="tools">
        <button type="button" className="button small" disabled={chosen.length === 0} onClick={() => onAsk({ what: 'move', things: chosen })}>
          {t('unplaced.placeChosen', { count: chosen.length, groups: formatCount(chosen.length) })}
        </button>
      </p>
      <ul className="tree">
        {groups.nodes.map(group => (
          <li key={group.id} className="branch">
            <label className="branch-name leaf">
              <input
                type="checkbox"
                checked={chosenIds.has(group.id)}
                onChange={event => choose(group.id, event.currentTarget.checked)}
              />{' '}
              {group.name}
            </label>
            <span className="kind">{levelName(group.type) ?? t(`type.${group.type as 'state'}`)}</span>
            <span className="branch-tools">
              <button type="button" className="button small" onClick={() => onAsk({ what: 'move', things: [group] })}>
                {t('tree.place')}
                <span className="hidden"> {group.name}</span>
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NewGroup({ levels, onClose }: { levels: readonly { name: string; type: GroupType }[]; onClose(): void }) {
  const { t } = useTranslation();
  const [create, { loading, error }] = useMutation(CreateGroupDocument, { refetchQueries: 'active', onCompleted: onClose });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const text = (name: string) => String(entered.get(name)).trim();
    const input = {
      type: text('type') as GroupType,
      name: text('name'),
      code: text('code') || null,
      externalId: text('externalId') || null,
    };
    void create({ variables: { input } }).catch(() => undefined);
  };
  return (
    <Dialog title={t('tree.newGroup')} onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <label className="field">
          <span>{t('download.level')}</span>
          <select name="type">
            {levels
              .filter(({ type }) => type !== 'class')
              .map(({ name, type }) => (
                <option key={type} value={type}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        <label className="field">
          <span>{t('column.name')}</span>
          <input name="name" required />
        </label>
        <label className="field">
          <span>{t('tree.code')}</span>
          <input name="code" />
        </label>
        <label className="field">
          <span>{t('download.externalId')}</span>
          <input name="externalId" />
        </label>
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button className="button primary" disabled={loading}>
            {t('action.save')}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
