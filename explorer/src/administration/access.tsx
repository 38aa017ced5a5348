import { useMutation, useQuery } from '@apollo/client/react';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  FindPeopleDocument,
  GrantAccessDocument,
  GrantsOfDocument,
  RevokeAccessDocument,
  type FindPeopleQuery,
  type Role,
} from '../graph/operations';
import { Dialog } from '../parts/dialog';
import { Problem, Refused } from '../parts/problem';
import { formatCount, formatMoment } from '../texts/format';
import { GroupPicker } from './group-picker';

type Person = FindPeopleQuery['people']['nodes'][number];

/** Whose view a grant changes. */
const grantable: Role[] = ['OFFICER', 'PARTNER', 'TEACHER'];

const nameOf = ({ givenName, familyName, login }: Person): string =>
  [givenName, familyName].filter(Boolean).join(' ') || login;

/** Who may see what: people, and the groups that are granted to them. */
export function Access() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const [person, setPerson] = useState<Person | null>(null);
  const { data, previousData, error } = useQuery(FindPeopleDocument, { variables: { search, roles: grantable, first: 20, after: null } });
  const found = (data ?? previousData)?.people;
  return (
    <div className="two-columns">
      <section className="block" aria-labelledby="people-heading">
        <h2 id="people-heading">{t('access.people')}</h2>
        <input
          type="search"
          aria-label={t('access.search')}
          placeholder={t('access.search')}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        {error && !found && <Problem error={error} />}
        <ul className="choices tall">
          {found?.nodes.map(one => (
            <li key={one.id}>
              <label>
                <input type="radio" name="person" checked={one.id === person?.id} onChange={() => setPerson(one)} />
                <span>
                  {nameOf(one)}
                  <span className="kind block-kind">{one.login}</span>
                </span>
                <span className="kind">{one.roles.map(role => t(`role.${role}`)).join(', ')}</span>
              </label>
            </li>
          ))}
        </ul>
        <p className="kind" role="status">
          {found && t('access.found', { count: found.totalCount, people: formatCount(found.totalCount) })}
        </p>
      </section>
      <section className="block" aria-labelledby="grants-heading">
        <h2 id="grants-heading">{person ? t('access.grantsOf', { name: nameOf(person) }) : t('access.grants')}</h2>
        {person ? <Grants key={person.id} person={person} /> : <p className="muted">{t('access.choose')}</p>}
      </section>
    </div>
  );
}

function Grants({ person }: { person: Person }) {
  const { t } = useTranslation();
  const [isAdding, setIsAdding] = useState(false);
  const { data, error } = useQuery(GrantsOfDocument, { variables: { userId: person.id } });
  const [revoke, revoking] = useMutation(RevokeAccessDocument, { refetchQueries: 'active' });
  const grants = data?.grants;
  if (!grants) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  return (
    <>
      {grants.length === 0 && <p className="muted">{t('access.none')}</p>}
      <ul className="tree">
        {grants.map(({ group, grantedAt }) => (
          <li key={group.id} className="branch">
            <span className="branch-name leaf">{group.name}</span>
            <span className="kind">
              {t(`type.${group.type as 'state'}`)} · {t('access.since', { moment: formatMoment(grantedAt) })}
            </span>
            <span className="branch-tools">
              <button
                type="button"
                className="button small danger"
                disabled={revoking.loading}
                onClick={() => void revoke({ variables: { userId: person.id, groupId: group.id } }).catch(() => undefined)}
              >
                {t('access.revoke')}
                <span className="hidden"> {group.name}</span>
              </button>
            </span>
          </li>
        ))}
      </ul>
      {revoking.error && <Refused error={revoking.error} />}
      <p>
        <button type="button" className="button" onClick={() => setIsAdding(true)}>
          {t('access.add')}
        </button>
      </p>
      {isAdding && <GrantDialog person={person} onClose={() => setIsAdding(false)} />}
    </>
  );
}

function GrantDialog({ person, onClose }: { person: Person; onClose(): void }) {
  const { t } = useTranslation();
  const [groupId, setGroupId] = useState<string | null>(null);
  const [grant, { loading, error }] = useMutation(GrantAccessDocument, { refetchQueries: 'active', onCompleted: onClose });
  return (
    <Dialog title={t('access.addTo', { name: nameOf(person) })} onClose={onClose}>
      <div className="fields">
        <p className="muted">{t('access.covers')}</p>
        <GroupPicker
          hierarchyId={null}
          label={t('access.group')}
          value={groupId}
          levelName={() => undefined}
          onPick={setGroupId}
        />
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={!groupId || loading}
            onClick={() =>
              groupId && void grant({ variables: { userId: person.id, groupId } }).catch(() => undefined)
            }
          >
            {t('access.go')}
          </button>
        </p>
      </div>
    </Dialog>
  );
}
