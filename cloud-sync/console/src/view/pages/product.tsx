import type { Product } from "@tillsight/contracts";
import { useState } from "react";
import { RefusedError } from "../../api/problem.js";
import { readDetails, readProduct, removeProduct } from "../../api/products.js";
import type { ProductDetail } from "../../api/schemas.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Ago, Empty, WhenLoaded } from "../parts/bits.js";
import { Dialog } from "../parts/dialog.js";
import { Icon } from "../parts/icon.js";
import { ProblemNotice } from "../parts/notice.js";
import { PageFrame } from "../parts/page.js";
import { ProductEditor } from "../parts/product-editor.js";
import { ProductPhotos } from "../parts/product-photos.js";
import { StoreOverrides } from "../parts/store-overrides.js";
import { Link, useRouter } from "../router.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";
import { productList } from "./products.js";

/** No SKU has a blank: this path is of none that there is. */
const newProduct = "new product";

export interface KnownProduct {
  readonly product: Product;
  readonly etag: string | null;
  readonly detail: ProductDetail | undefined;
}

export function ProductPage({ sku }: { sku: string }) {
  return sku === newProduct ? <NewProduct /> : <ExistingProduct sku={sku} />;
}

const Back = () => {
  const { t } = useHq();
  return (
    <Link className="back" href={productList.address}>
      <Icon name="back" />
      {t.menu.products}
    </Link>
  );
};

function NewProduct() {
  const { t } = useHq();
  const { go, release } = useRouter();
  const saved = ({ sku }: Product) => {
    release();
    go(pathOf("products", sku), true);
  };
  return (
    <PageFrame title={t.products.newTitle} back={<Back />}>
      <ProductEditor known={null} onSaved={saved} />
    </PageFrame>
  );
}

function ExistingProduct({ sku }: { sku: string }) {
  const { t, client } = useHq();
  const loaded = useLoad(async (signal): Promise<KnownProduct | null> => {
    try {
      const known = await readProduct(client, sku, signal);
      return { ...known, detail: (await readDetails(client, [sku], signal)).get(sku) };
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404) return null;
      throw error;
    }
  }, sku);
  return (
    <WhenLoaded t={t} loaded={loaded}>
      {(known) =>
        known ? (
          <Loaded known={known} reload={loaded.reload} />
        ) : (
          <PageFrame title={sku} back={<Back />}>
            <Empty icon="products" title={t.products.gone(sku)} />
          </PageFrame>
        )
      }
    </WhenLoaded>
  );
}

function Loaded({ known, reload }: { known: KnownProduct; reload: () => void }) {
  const { t, locale, mayEdit } = useHq();
  const { product, detail } = known;
  const changed = detail?.changedAt && (
    <>
      {t.products.changedBy(detail.changedBy ?? "?")} <Ago at={detail.changedAt} locale={locale} /> ·{" "}
      {t.common.lsn} {detail.lsn} ·{" "}
      <Link href={`${pathOf("history")}?sku=${encodeURIComponent(product.sku)}`}>{t.products.history}</Link>
    </>
  );
  return (
    <PageFrame
      title={product.names[locale] ?? product.name}
      hint={changed}
      back={<Back />}
      tools={
        mayEdit && (
          <>
            <Link className="button" href={`${pathOf("prices")}?sku=${encodeURIComponent(product.sku)}`}>
              <Icon name="prices" />
              {t.products.changePrice}
            </Link>
            <RemoveButton product={product} />
          </>
        )
      }
    >
      <div className="columns">
        <ProductEditor known={known} onSaved={reload} />
        <div className="stack">
          <ProductPhotos sku={product.sku} image={product.image} onChanged={reload} />
          <StoreOverrides product={product} overrides={detail?.overrides ?? {}} onChanged={reload} />
        </div>
      </div>
    </PageFrame>
  );
}

/** References and overrides go with a product, so it is asked for rather than undone. */
function RemoveButton({ product }: { product: Product }) {
  const { t, client, say } = useHq();
  const { go, release } = useRouter();
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const remove = async () => {
    if (!(await task.run(() => removeProduct(client, product.sku)))) return;
    release();
    say({ text: t.products.removed(product.name) });
    go(pathOf("products"));
  };
  return (
    <>
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        <Icon name="bin" />
        {t.products.remove}
      </button>
      {asking && (
        <Dialog
          title={t.products.removeTitle(product.name)}
          closeText={t.common.close}
          onClose={() => setAsking(false)}
        >
          <p>{t.products.removeHint}</p>
          <ProblemNotice t={t} error={task.error} />
          <div className="actions">
            <button type="button" className="button" data-first onClick={() => setAsking(false)}>
              {t.common.cancel}
            </button>
            <button type="button" className="button danger filled" disabled={task.busy} onClick={remove}>
              {t.products.removeYes}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
