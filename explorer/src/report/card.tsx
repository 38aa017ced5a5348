import type { ReactNode } from 'react';
import { Provenance } from './provenance';
import type { Origin } from './rows';

interface CardProps {
  title: string;
  value: string;
  origin: Origin | null | undefined;
  hierarchyId: string | undefined;
  trend?: ReactNode;
  children?: ReactNode;
}

/** One figure, where it came from, and how it was. */
export const Card = ({ title, value, origin, hierarchyId, trend, children }: CardProps) => (
  <article className="card">
    <header>
      <h2>{title}</h2>
      <Provenance of={title} origin={origin} hierarchyId={hierarchyId} />
    </header>
    <p className="card-value">{value}</p>
    {trend}
    <p className="card-detail">{children}</p>
  </article>
);
