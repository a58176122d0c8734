import type { Product } from "@tillsight/contracts";
import { useState } from "react";
import { readDetails, searchProducts } from "../../api/products.js";
import type { ProductDetail } from "../../api/schemas.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Badge, Empty, Picture, WhenLoaded } from "../parts/bits.js";
import { Icon } from "../parts/icon.js";
import { PageFrame } from "../parts/page.js";
import { Link, useRouter } from "../router.js";
import { useLoad, useSettled } from "../use-load.js";

/** Where the list was left: its search is still there when one comes back. */
export const productList = { address: pathOf("products") };

const perPage = 50;
const typingPauseMs = 180;

interface Row {
  readonly product: Product;
  readonly detail: ProductDetail | undefined;
}

/** Everything that the chain sells, found as one types. */
export function ProductsPage() {
  const { t, client, mayEdit } = useHq();
  const { route, go } = useRouter();
  const [text, setText] = useState(route.query.get("search") ?? "");
  const [offset, setOffset] = useState(0);
  const search = useSettled(text.trim(), typingPauseMs);
  const found = useLoad(async (signal) => {
    const page = await searchProducts(client, { search, offset, limit: perPage }, signal);
    const details = await readDetails(
      client,
      page.products.map(({ sku }) => sku),
      signal,
    );
    return {
      ...page,
      search,
      rows: page.products.map((product) => ({ product, detail: details.get(product.sku) })),
    };
  }, `${offset} ${search}`);
  const type = (value: string) => {
    setText(value);
    setOffset(0);
    const query = value.trim() === "" ? "" : `?search=${encodeURIComponent(value.trim())}`;
    productList.address = pathOf("products") + query;
    history.replaceState(null, "", productList.address);
  };
  const add = mayEdit && (
    <button type="button" className="button primary" onClick={() => go(pathOf("products", "new product"))}>
      <Icon name="plus" />
      {t.products.add}
    </button>
  );
  return (
    <PageFrame title={t.menu.products} tools={add}>
      <search className="searchbar">
        <Icon name="search" />
        <input
          type="search"
          aria-label={t.products.search}
          placeholder={t.products.searchHint}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
        />
      </search>
      <WhenLoaded t={t} loaded={found}>
        {(page) => (
          <>
            <p className="count" role="status">
              {page.similar ? t.products.similar(page.search) : null}
            </p>
            {page.rows.length === 0 ? (
              <Empty icon="products" title={page.search ? t.products.nothing(page.search) : t.products.none}>
                {!page.search && <p>{t.products.noneHint}</p>}
              </Empty>
            ) : (
              <ProductTable rows={page.rows} dim={found.loading} />
            )}
            <Pager offset={offset} count={page.rows.length} more={page.more} onOffset={setOffset} />
          </>
        )}
      </WhenLoaded>
    </PageFrame>
  );
}

function ProductTable({ rows, dim }: { rows: readonly Row[]; dim: boolean }) {
  const { t } = useHq();
  return (
    <table className="table cards" data-dim={dim}>
      <thead>
        <tr>
          <th className="cell-picture">
            <span className="unseen">{t.products.picture}</span>
          </th>
          <th>{t.products.name}</th>
          <th>{t.products.sku}</th>
          <th className="cell-number">{t.products.price}</th>
          <th>{t.products.photos}</th>
          <th className="cell-number">{t.common.lsn}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ProductRow key={row.product.sku} {...row} />
        ))}
      </tbody>
    </table>
  );
}

function ProductRow({ product, detail }: Row) {
  const { t, price, locale } = useHq();
  const { sku, unit } = product;
  const name = product.names[locale] ?? product.name;
  const own = Object.keys(detail?.overrides ?? {}).length;
  return (
    <tr>
      <td className="cell-picture">
        <Picture src={detail?.picture ?? null} alt="" size={96} />
      </td>
      <td className="cell-name">
        <Link href={pathOf("products", sku)}>{name}</Link>
        {own > 0 && <Badge tone="quiet">{t.products.otherwiseIn(own)}</Badge>}
        {product.minAge !== null && <Badge tone="quiet">{t.products.fromAge(product.minAge)}</Badge>}
      </td>
      <td className="cell-code" data-label={t.products.sku}>
        {sku}
      </td>
      <td className="cell-number cell-price" data-label={t.products.price}>
        {price(product.price)}
        <small>{unit === "weight" ? t.products.perKilo : t.products.each}</small>
      </td>
      <td data-label={t.products.photos}>
        {detail && detail.references === 0 ? (
          <Badge tone="ask">{t.products.noPhotos}</Badge>
        ) : (
          t.products.photoCount(detail?.references ?? 0)
        )}
      </td>
      <td className="cell-number cell-lsn" data-label={t.common.lsn}>
        {detail?.lsn ?? ""}
      </td>
    </tr>
  );
}

interface PagerProps {
  readonly offset: number;
  readonly count: number;
  readonly more: boolean;
  readonly onOffset: (offset: number) => void;
}

function Pager({ offset, count, more, onOffset }: PagerProps) {
  const { t } = useHq();
  if (offset === 0 && !more) return null;
  const to = (next: number) => {
    onOffset(next);
    window.scrollTo(0, 0);
  };
  return (
    <nav className="pager" aria-label={t.common.pages}>
      <button
        type="button"
        className="button"
        disabled={offset === 0}
        onClick={() => to(Math.max(0, offset - perPage))}
      >
        <Icon name="back" />
        {t.common.previous}
      </button>
      <span>{t.common.range(offset + 1, offset + count)}</span>
      <button type="button" className="button" disabled={!more} onClick={() => to(offset + perPage)}>
        {t.common.next}
        <Icon name="next" />
      </button>
    </nav>
  );
}
