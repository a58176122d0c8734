import type { Product } from "@tillsight/contracts";
import { useEffect, useMemo, useState } from "react";
import { isConflict } from "../api/problem.js";
import { readDetails, readProduct, writeProduct } from "../api/products.js";
import { changedFields, type Merged, mergeChanges } from "../state/merge.js";
import { emptyForm, type FormErrors, formOf, type ProductForm, readForm } from "../state/product-form.js";
import { useHq } from "./hq.js";
import type { KnownProduct } from "./pages/product.js";
import { type Task, useTask } from "./use-task.js";

/** The currency of a chain whose first product this is. */
const usualCurrency = "EUR";

/** Somebody else changed the product meanwhile. */
export interface Clash {
  readonly merge: Merged<ProductForm>;
  readonly theirs: Product;
  readonly etag: string | null;
}

export interface ProductFormUse {
  readonly form: ProductForm;
  readonly setForm: (form: ProductForm) => void;
  readonly errors: FormErrors;
  readonly isNew: boolean;
  readonly dirty: boolean;
  readonly task: Task;
  /** A new product has the SKU of one that there is. */
  readonly exists: boolean;
  readonly clash: Clash | null;
  readonly closeClash: () => void;
  /** Back to what is saved. */
  readonly discard: () => void;
  /** @returns whether the form fits; then it is being saved */
  readonly save: () => boolean;
  /** Saves what was chosen of two people's changes. */
  readonly settle: (chosen: ProductForm, clash: Clash) => void;
}

/** A product as it is edited. What was entered stays until it is saved: through failures, and a session that ends. */
export function useProductForm(
  known: KnownProduct | null,
  onSaved: (product: Product) => void,
): ProductFormUse {
  const { locale } = useHq();
  // Another language in the middle of an edit must not look like a change of every amount.
  const [writing] = useState(locale);
  const [base, setBase] = useState(() => ({ product: known?.product ?? null, etag: known?.etag ?? null }));
  const baseForm = useMemo(
    () => (base.product ? formOf(base.product, writing) : emptyForm(usualCurrency)),
    [base.product, writing],
  );
  const [form, setForm] = useState(baseForm);
  const [errors, setErrors] = useState<FormErrors>({});
  const [clash, setClash] = useState<Clash | null>(null);
  const [exists, setExists] = useState(false);
  const send = useSend();
  const dirty = changedFields(baseForm, form).length > 0;

  // Photos and stores are changed beside the form: nothing was entered, so the newest is shown.
  useEffect(() => {
    if (!known || dirty || known.product === base.product) return;
    setBase({ product: known.product, etag: known.etag });
    setForm(formOf(known.product, writing));
  }, [known, dirty, base.product, writing]);

  const save = (wish: ProductForm, etag: string | null): boolean => {
    const read = readForm(wish);
    setErrors(read.errors ?? {});
    setExists(false);
    if (!read.product) return false;
    const taken = (product: Product, newEtag: string | null) => {
      setBase({ product, etag: newEtag });
      setForm(formOf(product, writing));
    };
    send.run(read.product, etag, base.product === null, {
      exists: () => setExists(true),
      saved: (product, newEtag) => {
        taken(product, newEtag);
        onSaved(product);
      },
      clash: (theirs, newEtag) => {
        const merge = mergeChanges(baseForm, wish, formOf(theirs, writing));
        setClash({ merge, theirs, etag: newEtag });
      },
    });
    return true;
  };
  return {
    ...{ form, setForm, errors, dirty, exists, clash, isNew: base.product === null, task: send.task },
    closeClash: () => setClash(null),
    discard: () => setForm(baseForm),
    save: () => save(form, base.etag),
    settle: (chosen, { theirs, etag }) => {
      setBase({ product: theirs, etag });
      setForm(chosen);
      setClash(null);
      save(chosen, etag);
    },
  };
}

interface Outcomes {
  readonly exists: () => void;
  readonly saved: (product: Product, etag: string | null) => void;
  readonly clash: (theirs: Product, etag: string | null) => void;
}

/** Writes a product, and tells what came of it. */
function useSend() {
  const { t, client, say } = useHq();
  const task = useTask();
  const run = (product: Product, etag: string | null, isNew: boolean, tell: Outcomes) =>
    void task.run(async () => {
      if (isNew && (await readDetails(client, [product.sku])).has(product.sku)) return tell.exists();
      try {
        const written = await writeProduct(client, product, etag);
        say({ text: written.changed ? t.products.saved(product.name, written.lsn) : t.products.unchanged });
        tell.saved(written.product, written.etag);
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (isNew) return tell.exists();
        const theirs = await readProduct(client, product.sku);
        tell.clash(theirs.product, theirs.etag);
      }
    });
  return { task, run };
}
