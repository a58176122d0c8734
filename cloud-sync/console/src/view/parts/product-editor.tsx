import type { Product } from "@tillsight/contracts";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { isConflict } from "../../api/problem.js";
import { readDetails, readProduct, writeProduct } from "../../api/products.js";
import { changedFields, type Merged, mergeChanges } from "../../state/merge.js";
import { emptyForm, type FormErrors, formOf, type ProductForm, readForm } from "../../state/product-form.js";
import { useHq } from "../hq.js";
import type { KnownProduct } from "../pages/product.js";
import { useUnsaved } from "../router.js";
import { useTask } from "../use-task.js";
import { ConflictDialog } from "./conflict-dialog.js";
import { Notice, ProblemNotice } from "./notice.js";
import { ProductFields } from "./product-fields.js";

interface Props {
  /** Null: a new one. */
  readonly known: KnownProduct | null;
  readonly onSaved: (product: Product) => void;
}

/** The currency of a chain whose first product this is. */
const usualCurrency = "EUR";

interface Clash {
  readonly merge: Merged<ProductForm>;
  readonly theirs: Product;
  readonly etag: string | null;
}

/** The form of a product. What was entered stays until it is saved: through failures, and a session that ends. */
export function ProductEditor({ known, onSaved }: Props) {
  const { t, locale, client, mayEdit, say } = useHq();
  const [base, setBase] = useState(() => ({ product: known?.product ?? null, etag: known?.etag ?? null }));
  const baseForm = useMemo(
    () => (base.product ? formOf(base.product, locale) : emptyForm(usualCurrency)),
    [base.product, locale],
  );
  const [form, setForm] = useState(baseForm);
  const [errors, setErrors] = useState<FormErrors>({});
  const [clash, setClash] = useState<Clash | null>(null);
  const [exists, setExists] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const task = useTask();
  const dirty = changedFields(baseForm, form).length > 0;
  useUnsaved(dirty && mayEdit, t.common.leaveQuestion);

  // Photos and stores are changed beside the form: nothing was entered, so the newest is shown.
  useEffect(() => {
    if (!known || dirty || known.product === base.product) return;
    setBase({ product: known.product, etag: known.etag });
    setForm(formOf(known.product, locale));
  }, [known, dirty, base.product, locale]);

  const save = async (wish: ProductForm, etag: string | null) => {
    const read = readForm(wish);
    setErrors(read.errors ?? {});
    setExists(false);
    if (!read.product) {
      requestAnimationFrame(() =>
        element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(),
      );
      return;
    }
    const { product } = read;
    await task.run(async () => {
      if (!base.product && (await readDetails(client, [product.sku])).has(product.sku))
        return setExists(true);
      try {
        const written = await writeProduct(client, product, etag);
        setBase({ product: written.product, etag: written.etag });
        setForm(formOf(written.product, locale));
        say({ text: written.changed ? t.products.saved(product.name, written.lsn) : t.products.unchanged });
        onSaved(written.product);
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (!base.product) return setExists(true);
        const theirs = await readProduct(client, product.sku);
        const merge = mergeChanges(baseForm, wish, formOf(theirs.product, locale));
        setClash({ merge, theirs: theirs.product, etag: theirs.etag });
      }
    });
  };
  const settle = (chosen: ProductForm, { theirs, etag }: Clash) => {
    setBase({ product: theirs, etag });
    setForm(chosen);
    setClash(null);
    void save(chosen, etag);
  };
  return (
    <form
      ref={element}
      className="stack"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save(form, base.etag);
      }}
    >
      <fieldset className="plain" disabled={!mayEdit}>
        <ProductFields form={form} errors={errors} isNew={base.product === null} onForm={setForm} />
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
            <button type="button" className="button" onClick={() => setForm(baseForm)} disabled={task.busy}>
              {t.common.discard}
            </button>
          )}
          <button type="submit" className="button primary" disabled={task.busy || !dirty}>
            {task.busy ? t.common.saving : t.common.save}
          </button>
        </div>
      )}
      {clash && (
        <ConflictDialog
          clash={clash.merge}
          onClose={() => setClash(null)}
          onSettle={(f) => settle(f, clash)}
        />
      )}
    </form>
  );
}
