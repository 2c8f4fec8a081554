import { downloadUrl } from "./api.js";
import { byId } from "./dom.js";
import { makePopup } from "./popup.js";

/**
 * Sets up the menu that downloads the whole result.
 *
 * @param {() => import("./criteria.js").Criteria} criteria What is shown.
 */
export function setUpDownloads(criteria) {
  const menu = byId("download-menu", HTMLElement);
  makePopup(byId("download-button", HTMLButtonElement), menu, () => {
    for (const format of /** @type {const} */ (["text", "json", "theia"])) {
      byId(`download-${format}`, HTMLAnchorElement).href = downloadUrl(criteria(), format);
    }
  });
}
