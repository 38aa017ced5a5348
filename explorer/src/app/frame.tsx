import { useQuery } from '@apollo/client/react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { FrameDocument, TenantsDocument } from '../graph/operations';
import { Icon, Logo } from '../parts/icon';
import { Popover } from '../parts/popover';
import { Problem } from '../parts/problem';
import { themes, useTheme } from '../parts/theme';
import { useSession } from '../session/session';
import type { Settings } from '../session/settings';
import { FrameContext, isAdmin, type FrameData } from './frame-context';

/** The top of every page, and what the pages below it need to know. */
export function Frame({ settings, children }: { settings: Settings; children: ReactNode }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(FrameDocument, { fetchPolicy: 'cache-first' });
  const frame: FrameData | null =
    data?.viewer && data.tenantSettings
      ? {
          viewer: data.viewer as FrameData['viewer'],
          hierarchies: (data.hierarchies ?? []) as FrameData['hierarchies'],
          settings: data.tenantSettings as FrameData['settings'],
          routes: settings.routes,
        }
      : null;
  return (
    <>
      <a className="skip" href="#content">
        {t('frame.skip')}
      </a>
      <header className="top">
        <NavLink to="/" className="brand">
          <Logo />
          <span>Strata</span>
        </NavLink>
        {frame && <Navigation frame={frame} />}
        {frame && <Person frame={frame} />}
      </header>
      <div id="content" tabIndex={-1}>
        {frame ? (
          <FrameContext value={frame}>{children}</FrameContext>
        ) : (
          <main className="page">{error ? <Problem isPage error={error} /> : <p className="loading">{t('state.loading')}</p>}</main>
        )}
      </div>
    </>
  );
}

function Navigation({ frame: { viewer, routes } }: { frame: FrameData }) {
  const { t } = useTranslation();
  const uploads = isAdmin(viewer.roles) && routes.some(route => /^POST \/(groups|oneroster)\/imports$/.test(route));
  return (
    <nav aria-label={t('frame.pages')} className="pages">
      <NavLink to="/" end>
        {t('page.report')}
      </NavLink>
      {viewer.roles.some(role => role !== 'PARTNER') && <NavLink to="/analytics">{t('page.analytics')}</NavLink>}
      {isAdmin(viewer.roles) && <NavLink to="/administration">{t('page.administration')}</NavLink>}
      {uploads && <NavLink to="/data">{t('page.data')}</NavLink>}
      <a href="/graphql">{t('page.graphql')}</a>
    </nav>
  );
}

function Person({ frame: { viewer } }: { frame: FrameData }) {
  const { t } = useTranslation();
  const { end } = useSession();
  const [theme, setTheme] = useTheme();
  const trigger = (
    <>
      <Icon name="person" />
      <span className="person-tenant">{viewer.tenant.name}</span>
      <Icon name="down" />
    </>
  );
  return (
    <Popover trigger={trigger} label={t('frame.account', { login: viewer.login })} className="button quiet" align="end">
      <p className="account">
        <strong>{viewer.login}</strong>
        <span>{viewer.roles.map(role => t(`role.${role}`)).join(', ')}</span>
        <span className="muted">{viewer.tenant.name}</span>
      </p>
      {viewer.roles.includes('SUPER_ADMIN') && <ActIn />}
      <fieldset className="segments">
        <legend>{t('frame.theme')}</legend>
        {themes.map(one => (
          <label key={one}>
            <input type="radio" name="theme" checked={theme === one} onChange={() => setTheme(one)} />
            <span>{t(`theme.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <button type="button" className="button wide" onClick={() => end('ended')}>
        {t('frame.signOut')}
      </button>
    </Popover>
  );
}

/** A super admin acts in one tenant at a time. */
function ActIn() {
  const { t } = useTranslation();
  const { session, change } = useSession();
  const [wanted, setWanted] = useState(session.actingTenant ?? '');
  const { data } = useQuery(TenantsDocument, { fetchPolicy: 'cache-first' });
  return (
    <p className="field">
      <label htmlFor="act-in">{t('frame.actIn')}</label>
      <select
        id="act-in"
        value={wanted}
        onChange={event => {
          const { value } = event.currentTarget;
          setWanted(value);
          change({ token: session.token, ...(value ? { actingTenant: value } : {}) });
        }}
      >
        <option value="">{t('frame.platform')}</option>
        {data?.tenants?.map(tenant => (
          <option key={tenant?.id} value={tenant?.id}>
            {tenant?.name}
          </option>
        ))}
      </select>
    </p>
  );
}
