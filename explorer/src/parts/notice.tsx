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

/** A whole page's or section's worth of nothing, and why. */
export const Empty = ({ title, children, icon = 'info' }: Omit<Props, 'kind' | 'live'>) => (
  <div className="empty">
    <span className="empty-icon">
      <Icon name={icon} />
    </span>
    <p className="empty-title">{title}</p>
    {children}
  </div>
);
