import { useId, useRef, type ReactNode } from 'react';

interface Props {
  /** What the button shows. */
  trigger: ReactNode;
  /** What the button is called where it shows no words. */
  label?: string;
  className?: string;
  children: ReactNode | ((close: () => void) => ReactNode);
  /** The side of the button the panel lines up with. */
  align?: 'start' | 'end';
  onToggle?(isOpen: boolean): void;
}

/** A button with a panel that opens over the page; Escape or a click elsewhere closes it. */
export function Popover({ trigger, label, className = 'button', children, align = 'start', onToggle }: Props) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  return (
    <span className="popover">
      <button type="button" className={className} popoverTarget={id} {...(label ? { 'aria-label': label } : {})}>
        {trigger}
      </button>
      <div
        id={id}
        ref={panel}
        popover="auto"
        className={`panel panel-${align}`}
        onToggle={({ newState }) => onToggle?.(newState === 'open')}
      >
        {typeof children === 'function' ? children(() => panel.current?.hidePopover()) : children}
      </div>
    </span>
  );
}
