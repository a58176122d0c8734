import type { ProductCard } from "@tillsight/contracts";
import { useUi } from "./lane-context.js";

export function ProductTile({ product, onPick }: { product: ProductCard; onPick: () => void }) {
  const { t, price } = useUi();
  return (
    <button type="button" className="tile" onClick={onPick}>
      <span className="tile-name">{product.name}</span>
      <span className="tile-price">
        {price(product.price)}
        {product.unit === "weight" && ` ${t.perKilo}`}
      </span>
    </button>
  );
}
