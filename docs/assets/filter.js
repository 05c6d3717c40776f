// Adds a field above the first table. It hides the rows of all tables that do not contain the typed words.
(() => {
  const article = document.querySelector("article");
  const rows = [...article.querySelectorAll("tbody tr")];
  const groups = [...article.querySelectorAll("h2")].map((heading) => {
    const elements = [heading];
    while (elements.at(-1).nextElementSibling && elements.at(-1).nextElementSibling.tagName !== "H2")
      elements.push(elements.at(-1).nextElementSibling);
    return elements;
  });

  const field = document.createElement("input");
  Object.assign(field, { type: "search", id: "row-filter", placeholder: "timeout, TLS, 503 …" });
  const label = document.createElement("label");
  label.htmlFor = field.id;
  label.textContent = "Filter the rows";
  const count = document.createElement("output");
  count.htmlFor = field.id;
  const form = document.createElement("div");
  form.className = "row-filter";
  form.append(label, field, count);
  article.querySelector("h2").before(form);

  function filter() {
    const words = field.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    for (const elements of groups) {
      const inside = elements.flatMap((element) => [...element.querySelectorAll("tbody tr")]);
      const empty = inside.length > 0 && inside.every((row) => row.hidden);
      elements.forEach((element) => (element.hidden = empty));
    }
    count.textContent = `${shown} of ${rows.length}`;
  }

  field.addEventListener("input", filter);
  filter();
})();
