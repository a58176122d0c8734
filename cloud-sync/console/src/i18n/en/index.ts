import { common, menu, problem, session } from "./common.js";
import { fleet, rollouts } from "./fleet.js";
import { networks } from "./networks.js";
import { files, history, people } from "./office.js";
import { photos, review } from "./photos.js";
import { prices } from "./prices.js";
import { products } from "./products.js";
import { rollback } from "./rollback.js";

export const en = {
  ...{ common, menu, session, problem, products, prices, photos, review, fleet, rollouts },
  ...{ files, history, people, rollback, networks },
};
