interface Props {
  /** 0 to 1. */
  share: number;
  kind?: 'score' | 'amount';
}

/** How large a number is among its neighbours; the number stands beside it. */
export const Bar = ({ share, kind = 'amount' }: Props) => (
  <span className={`bar bar-${kind}`} aria-hidden="true">
    <span style={{ inlineSize: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
  </span>
);
