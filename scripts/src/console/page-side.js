/** What tests run inside the page: its text is evaluated there, as an expression. */
(() => {
  const shown = (element) => element.getClientRects().length > 0;
  const textOf = (id) => document.getElementById(id)?.textContent?.trim() ?? "";
  const tell = (what, element) => `${what}: ${element.outerHTML.slice(0, 160)}`;

  /** The accessible name, as far as our pages give names. */
  const nameOf = (element) => {
    const labelled = element.getAttribute("aria-labelledby")?.split(" ").map(textOf).join(" ");
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
    const own = element.matches("input, select, textarea") ? "" : element.textContent;
    return (element.getAttribute("aria-label") ?? labelled ?? (labels.trim() || own)).trim();
  };

  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = "a[href], button, input, select, textarea, [role=combobox]";

  function danglingIn(attribute) {
    return all(`[${attribute}]`).flatMap((element) =>
      element
        .getAttribute(attribute)
        .split(" ")
        .filter((id) => !document.getElementById(id))
        .map(() => tell(`${attribute} leads nowhere`, element)),
    );
  }

  /** What somebody with a screen reader, a keyboard or a small window would stumble over; empty: nothing. */
  function stumbles() {
    const ids = all("[id]").map(({ id }) => id);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    return [
      ...all(named)
        .filter((element) => shown(element) && nameOf(element) === "")
        .map((element) => tell("has no name", element)),
      ...all("img:not([alt])").map((element) => tell("has no alt", element)),
      ...all("th, legend")
        .filter((element) => shown(element) && element.textContent.trim() === "")
        .map((element) => tell("is empty", element)),
      ...twice.map((id) => `id twice: ${id}`),
      ...["aria-describedby", "aria-controls", "for"].flatMap(danglingIn),
      ...(all("h1").length === 1 ? [] : ["the page needs one h1"]),
      ...(document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the window"] : []),
    ];
  }

  /** What a drag of these files from the desktop carries. */
  function transferOf(files) {
    const data = new DataTransfer();
    for (const { name, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    }
    return data;
  }

  return { stumbles, transferOf };
})();
