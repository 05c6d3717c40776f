// Shows the contract with Redoc in colours that match the page, and again when the colour scheme of the page changes. Redoc
// computes with colours, so it needs values instead of the CSS variables of the page.
(() => {
  const contract = JSON.parse(document.getElementById("contract-document").textContent);
  const view = document.getElementById("contract-view");

  function theme() {
    const style = getComputedStyle(document.body);
    const dark = document.body.dataset.mdColorScheme === "slate";
    return {
      colors: {
        primary: { main: dark ? "#ff9e80" : "#bf360c" },
        text: { primary: dark ? "#d6d9e2" : "#212121", secondary: dark ? "#a2a7b5" : "#5f6368" },
        border: { dark: dark ? "#464b5a" : "#c9c9c9", light: dark ? "#343844" : "#eeeeee" },
        error: { main: dark ? "#ff8a80" : "#b3261e" },
        responses: {
          success: { color: dark ? "#7ddb9a" : "#1d6b34", tabTextColor: "#7ddb9a" },
          error: { color: dark ? "#ff8a80" : "#b3261e", tabTextColor: "#ff8a80" },
        },
      },
      schema: { nestedBackground: dark ? "#262a34" : "#f7f7f7", typeNameColor: dark ? "#a2a7b5" : "#5f6368" },
      sidebar: { width: "0px" },
      rightPanel: { backgroundColor: "#171a21", textColor: "#e6e8ee" },
      fab: { backgroundColor: dark ? "#464b5a" : "#f2f2f2", color: dark ? "#ff9e80" : "#bf360c" },
      spacing: { sectionHorizontal: innerWidth < 600 ? 16 : 32, sectionVertical: 20 },
      codeBlock: { backgroundColor: "#0f1117" },
      typography: {
        fontFamily: style.fontFamily,
        fontSize: "15px",
        headings: { fontFamily: style.fontFamily },
        code: { color: dark ? "#ffb59e" : "#a8320a", backgroundColor: dark ? "#2b303b" : "#f5f5f5" },
      },
    };
  }

  function show() {
    const place = document.createElement("div");
    view.replaceChildren(place);
    const options = {
      disableSearch: true,
      hideDownloadButtons: true,
      nativeScrollbars: true,
      scrollYOffset: ".md-header",
      showExtensions: ["x-deviation"],
      theme: theme(),
    };
    Redoc.init(contract, options, place);
  }

  show();
  let shown = document.body.dataset.mdColorScheme;
  new MutationObserver(() => {
    if (document.body.dataset.mdColorScheme !== shown) {
      shown = document.body.dataset.mdColorScheme;
      show();
    }
  }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
})();
