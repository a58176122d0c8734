const html = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tillsight</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { display: grid; place-content: center; gap: 1rem; min-height: 100vh; margin: 0; text-align: center;
    background: light-dark(#f4f1ea, #101513); color: light-dark(#17211d, #eef3f0); }
  h1 { margin: 0; font-size: 2.6rem; } p { margin: 0; font-size: 1.3rem; opacity: .75; }
</style>
<h1>One moment, please</h1>
<p>This checkout is starting. Please use another one if it takes long.</p>
<p lang="de">Diese Kasse startet gerade. Nehmen Sie gern eine andere, wenn es dauert.</p></html>`;

/** What shoppers see while the lane does not answer; needs no server and runs no script. */
export const awayPage = `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
