import { useEffect, useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, Logo } from '../parts/icon';
import { Notice } from '../parts/notice';
import { readDemoPeople, type DemoPerson, type Settings } from './settings';
import type { EndReason, Session } from './session';

interface Props {
  settings: Settings;
  reason: EndReason | null;
  onSignIn(session: Session): void;
}

export function SignIn({ settings, reason, onSignIn }: Props) {
  const { t } = useTranslation();
  return (
    <main className="sign-in">
      <header>
        <Logo />
        <h1>Strata</h1>
        <p>{t('signIn.lead')}</p>
      </header>
      {reason === 'refused' && (
        <Notice kind="warning" title={t('signIn.refused')} live>
          <p>{t('signIn.refusedWhy')}</p>
        </Notice>
      )}
      {settings.demo && <DemoPeople onSignIn={onSignIn} />}
      {settings.passwordSignIn && <Password onSignIn={onSignIn} />}
      <Token onSignIn={onSignIn} open={!settings.demo} />
    </main>
  );
}

function DemoPeople({ onSignIn }: Pick<Props, 'onSignIn'>) {
  const { t } = useTranslation();
  const [people, setPeople] = useState<DemoPerson[] | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    readDemoPeople().then(setPeople, () => setFailed(true));
  }, []);
  if (failed) return <Notice kind="warning" title={t('problem.unavailable')} live />;
  const tenants = [...new Map(people?.map(({ tenant }) => [tenant.id, tenant])).values()];
  return (
    <section aria-labelledby="demo-heading" className="demo-people" aria-busy={people === null}>
      <h2 id="demo-heading">{t('signIn.demo')}</h2>
      <p className="muted">{t('signIn.demoLead')}</p>
      {tenants.map(tenant => (
        <section key={tenant.id} aria-label={tenant.name}>
          <h3>{tenant.name}</h3>
          <ul className="people">
            {people
              ?.filter(person => person.tenant.id === tenant.id)
              .map(person => (
                <li key={person.login}>
                  <button type="button" className="person" onClick={() => onSignIn({ token: person.token })}>
                    <span className="person-role">{person.roles.map(role => t(`role.${role as 'OFFICER'}`)).join(', ')}</span>
                    <span className="person-name">{person.name ?? person.login}</span>
                    <span className="person-sees">{seesOf(person, t)}</span>
                    <span className="person-login">{person.login}</span>
                    <Icon name="right" />
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

/** What somebody may see, in a line. */
function seesOf({ roles, grants, classes }: DemoPerson, t: ReturnType<typeof useTranslation>['t']): string {
  if (roles.includes('SUPER_ADMIN')) return t('signIn.seesEveryTenant');
  if (roles.includes('ORG_ADMIN')) return t('signIn.seesTenant');
  const parts = grants.map(({ type, name }) => t('signIn.seesGroup', { type: t(`type.${type as 'state'}`), name }));
  if (classes > 0) parts.push(t('signIn.seesClasses', { count: classes }));
  return parts.length > 0 ? parts.join(' · ') : t('signIn.seesOwn');
}

function Password({ onSignIn }: Pick<Props, 'onSignIn'>) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const body = new URLSearchParams({ grant_type: 'password' });
    for (const name of ['username', 'password', 'client_id', 'client_secret']) {
      const value = entered.get(name);
      if (typeof value === 'string' && value) body.set(name, value);
    }
    const response = await fetch('/oauth/token', { method: 'POST', body }).catch(() => null);
    const answer = (await response?.json().catch(() => null)) as Record<string, string> | null;
    if (response?.ok && answer?.access_token) return onSignIn({ token: answer.access_token });
    setProblem(answer?.error_description ?? answer?.detail ?? t('problem.unavailable'));
  };
  return (
    <section aria-labelledby="password-heading">
      <h2 id="password-heading">{t('signIn.password')}</h2>
      <form onSubmit={event => void submit(event)} className="fields">
        <Field name="username" label={t('signIn.login')} autoComplete="username" required />
        <Field name="password" label={t('signIn.passwordField')} type="password" autoComplete="current-password" required />
        <Field name="client_id" label={t('signIn.clientId')} autoComplete="off" />
        <Field name="client_secret" label={t('signIn.clientSecret')} type="password" autoComplete="off" />
        {problem && <Notice kind="warning" title={problem} live />}
        <button className="button primary">{t('signIn.go')}</button>
      </form>
    </section>
  );
}

function Token({ onSignIn, open }: Pick<Props, 'onSignIn'> & { open: boolean }) {
  const { t } = useTranslation();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token')).trim().replace(/^Bearer\s+/i, '');
    if (token) onSignIn({ token });
  };
  return (
    <section>
      <details open={open}>
        <summary>
          <h2>{t('signIn.token')}</h2>
        </summary>
        <form onSubmit={submit} className="fields">
          <Field name="token" label={t('signIn.tokenField')} autoComplete="off" required />
          <button className="button primary">{t('signIn.go')}</button>
        </form>
      </details>
    </section>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type?: string;
  autoComplete: string;
  required?: boolean;
}

function Field({ name, label, type = 'text', ...rest }: FieldProps) {
  const id = useId();
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} type={type} spellCheck={false} {...rest} />
    </p>
  );
}
