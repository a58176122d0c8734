import "@tillsight/look/zod-csp";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionKeeper } from "./api/session-keeper.js";
import { pickLocale } from "./i18n/index.js";
import "@tillsight/look/tokens.css";
import "@tillsight/look/base.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/fields.css";
import "./styles/overlays.css";
import "./styles/shell.css";
import "./styles/lists.css";
import "./styles/pages.css";
import { App } from "./view/app.js";
import { storedLocale } from "./view/stored-locale.js";

const wanted = new URLSearchParams(location.search).get("lang");
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App
        keeper={new SessionKeeper()}
        homeLocale={pickLocale([wanted, storedLocale(), ...navigator.languages])}
      />
    </StrictMode>,
  );
