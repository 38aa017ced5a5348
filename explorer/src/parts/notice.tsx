import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';

interface Props {
  kind?: 'info' | 'warning' | 'good';
  title: string;
  children?: ReactNode;
  icon?: IconName;
  /** Whether it is read out at once when it appears. */
  live?: boolean;
}

const icons = { info: 'info', warning: 'warning', good: 'check' } as const;

export const Notice = ({ kind = 'info', title, children, icon, live = false }: Props) => (
  <div className={`notice notice-${kind}`} {...(live ? { role: 'status' } : {})}>
    <Icon name={icon ?? icons[kind]} />
    <div>
      <p className="notice-title">{title}</p>
      {children}
    </div>
  </div>
);

interface EmptyProps extends Omit<Props, 'kind' | 'live'> {
  /** Whether it is all there is on the page. */
  isPage?: boolean;
}

/** A whole page's or section's worth of nothing, and why. */
export const Empty = ({ title, children, icon = 'info', isPage = false }: EmptyProps) => (
  <div className="empty">
    <span className="empty-icon">
      <Icon name={icon} />
    </span>
    {isPage ? <h1 className="empty-title">{title}</h1> : <p className="empty-title">{title}</p>}
    {children}
  </div>
);
