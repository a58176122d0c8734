import { type ReactNode, useEffect } from "react";

interface Props {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly back?: ReactNode;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** A page's heading with what can be done on it, and its content. */
export function PageFrame({ title, hint, back, tools, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Tillsight`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <div>
          {back}
          <h1 tabIndex={-1}>{title}</h1>
          {hint && <p className="hint">{hint}</p>}
        </div>
        {tools && <div className="tools">{tools}</div>}
      </header>
      {children}
    </>
  );
}

interface CardProps {
  readonly title?: string;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function Card({ title, tools, children }: CardProps) {
  return (
    <section className="card">
      {(title || tools) && (
        <div className="card-head">
          {title && <h2>{title}</h2>}
          {tools && <div className="tools">{tools}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
