import "@tillsight/look/zod-csp";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { pickLocale } from "./i18n/index.js";
import "@tillsight/look/tokens.css";
import "@tillsight/look/base.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/tray.css";
import "./styles/basket.css";
import "./styles/dialog.css";
import "./styles/receipt.css";
import { App } from "./view/app.js";

const wanted = new URLSearchParams(location.search).get("lang");
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App homeLocale={pickLocale([wanted, ...navigator.languages])} />
    </StrictMode>,
  );
