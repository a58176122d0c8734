import type { Product } from "@tillsight/contracts";
import { type FormEvent, useRef } from "react";
import { useHq } from "../hq.js";
import type { KnownProduct } from "../pages/product.js";
import { useUnsaved } from "../router.js";
import { useProductForm } from "../use-product-form.js";
import { ConflictDialog } from "./conflict-dialog.js";
import { Notice, ProblemNotice } from "./notice.js";
import { ProductFields } from "./product-fields.js";

interface Props {
  /** Null: a new one. */
  readonly known: KnownProduct | null;
  readonly onSaved: (product: Product) => void;
}

export function ProductEditor({ known, onSaved }: Props) {
  const { t, mayEdit } = useHq();
  const use = useProductForm(known, onSaved);
  const { form, setForm, errors, isNew, dirty, task, exists, clash, closeClash, discard, settle } = use;
  const element = useRef<HTMLFormElement>(null);
  useUnsaved(dirty && mayEdit, t.common.leaveQuestion);
  const submit = () => {
    if (use.save()) return;
    // Once the fields know that they are wrong.
    requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  return (
    <form
      ref={element}
      className="stack"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit();
      }}
    >
      <fieldset className="plain" disabled={!mayEdit}>
        <ProductFields form={form} errors={errors} isNew={isNew} onForm={setForm} />
      </fieldset>
      {exists && (
        <Notice tone="ask" alert>
          {t.products.exists(form.sku)}
        </Notice>
      )}
      <ProblemNotice t={t} error={task.error} />
      {mayEdit && (
        <div className="save-bar" data-dirty={dirty}>
          <span>{dirty ? t.common.unsaved : ""}</span>
          {dirty && (
            <button type="button" className="button" onClick={() => discard()} disabled={task.busy}>
              {t.common.discard}
            </button>
          )}
          <button type="submit" className="button primary" disabled={task.busy || !dirty}>
            {task.busy ? t.common.saving : t.common.save}
          </button>
        </div>
      )}
      {clash && (
        <ConflictDialog clash={clash.merge} onClose={closeClash} onSettle={(f) => settle(f, clash)} />
      )}
    </form>
  );
}
