"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const language = root.lang;
  const number = new Intl.NumberFormat(language);
  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => [...(from || document).querySelectorAll(selector)];

  // What is chosen stands behind "?" in the address, so that a view can be kept and sent.
  const form = one("#filter");
  const list = one("#list");
  const rows = list ? all(":scope > li", list) : [];
  const texts = new Map();
  const textOf = row => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLocaleLowerCase(language));
    return texts.get(row);
  };
  const columns = ["cost", "rate", "failed", "documents", "severity"];
  const values = new Map(rows.map(row => [row, row.dataset.v.split(" ").map(Number)]));
  let sorted = "cost";

  const sort = by => {
    if (by === sorted || !list) return;
    sorted = by;
    const column = columns.indexOf(by);
    const byName = (a, b) => a.dataset.name.localeCompare(b.dataset.name, language);
    const order = column < 0 ? byName : (a, b) => values.get(b)[column] - values.get(a)[column];
    // The order of the file is that of cost, which settles what is equal.
    list.append(...rows.slice().sort(order));
  };

  const filter = () => {
    if (!form) return;
    const wanted = form.elements;
    const words = wanted.q.value.toLocaleLowerCase(language).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const data = row.dataset;
      const fits = (!wanted.severity.value || data.severity === wanted.severity.value)
        && (!wanted.criterion.value || data.criterion === wanted.criterion.value)
        && (!wanted.pack.value || data.pack === wanted.pack.value)
        && (!wanted.failed.checked || row.firstElementChild.classList.contains("failed"))
        && words.every(word => textOf(row).includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    sort(wanted.sort.value);
    const says = wanted.shown.dataset.text;
    wanted.shown.value = says.replace("{0}", number.format(shown)).replace("{1}", number.format(rows.length));
    one("#none-shown").hidden = shown > 0;
    one(".heads").hidden = shown === 0;
  };

  const switches = all("input[name=by]");
  const tables = all(".by");
  const choose = by => {
    const input = switches.find(input => input.value === by) || switches[0];
    if (!input) return;
    input.checked = true;
    for (const table of tables) table.hidden = table.dataset.by !== input.value;
  };
  const chosen = () => (switches.find(input => input.checked) || { value: "" }).value;

  const fields = ["q", "severity", "criterion", "pack", "sort"];
  const write = section => {
    const state = new URLSearchParams();
    if (form) {
      for (const name of fields) {
        const field = form.elements[name];
        if (field.value && !(name === "sort" && field.value === "cost")) state.set(name, field.value);
      }
      if (form.elements.failed.checked !== form.elements.failed.defaultChecked) {
        state.set("failed", form.elements.failed.checked ? "1" : "0");
      }
    }
    if (switches.length && chosen() !== switches[0].value) state.set("by", chosen());
    const text = state.toString();
    const hash = text ? `#${section}?${text}` : `#${section}`;
    try {
      history.replaceState(null, "", hash);
    } catch {
      // An address that may not be changed is no reason to stop.
    }
  };

  const open = id => {
    const target = id && document.getElementById(id);
    if (!target) return;
    const row = target.closest("#list > li");
    if (row && row.hidden) {
      form.reset();
      form.elements.failed.checked = false;
      filter();
    }
    if (target.tagName === "DETAILS") {
      target.open = true;
      one("summary", target).focus({ preventScroll: true });
    }
    target.scrollIntoView();
  };

  const read = () => {
    const [section, query] = location.hash.slice(1).split(/\?(.*)/s);
    if (query !== undefined) {
      const state = new URLSearchParams(query);
      if (form) {
        form.reset();
        for (const name of fields) {
          const value = state.get(name);
          const field = form.elements[name];
          if (value === null) continue;
          if (field.options && ![...field.options].some(option => option.value === value)) continue;
          field.value = value;
        }
        if (state.has("failed")) form.elements.failed.checked = state.get("failed") === "1";
      }
      choose(state.get("by"));
      filter();
    }
    if (section) open(section);
  };

  if (form) {
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("input", () => {
      filter();
      write("rules");
    });
    form.addEventListener("reset", () => setTimeout(() => {
      filter();
      write("rules");
    }));
  }
  for (const input of switches) {
    input.addEventListener("change", () => {
      choose(input.value);
      write("groups");
    });
  }
  for (const link of all("a[data-criterion]")) {
    link.addEventListener("click", event => {
      if (!form || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      form.elements.q.value = "";
      for (const name of ["severity", "pack"]) form.elements[name].value = "";
      form.elements.criterion.value = link.dataset.criterion;
      form.elements.failed.checked = false;
      filter();
      write("rules");
      one("#rules-title").focus({ preventScroll: true });
      one("#rules").scrollIntoView();
    });
  }
  addEventListener("hashchange", read);

  // Heads of the tables of groups become buttons that sort.
  for (const table of all("table.heat")) {
    const heads = all("thead th", table);
    const body = table.tBodies[1];
    const original = [...body.rows];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        // The worst first, but the largest group and the first name.
        const first = column === 0 || column > 1 ? "ascending" : "descending";
        const next = was === null ? first : was === first ? (first === "ascending" ? "descending" : "ascending") : null;
        heads.forEach(other => other.removeAttribute("aria-sort"));
        const sign = next === "descending" ? -1 : 1;
        const value = row => Number(row.cells[column].dataset.v);
        const name = row => row.cells[0].textContent;
        let ordered = original.slice();
        if (next) {
          head.setAttribute("aria-sort", next);
          ordered.sort((a, b) => {
            if (column === 0) return sign * name(a).localeCompare(name(b), language, { numeric: true });
            const [x, y] = [value(a), value(b)];
            // What was not measured stands last in both directions.
            if (x < 0 || y < 0) return (x < 0) - (y < 0);
            return sign * (x - y);
          });
        }
        body.append(...ordered);
      });
    });
  }

  // Paper shows what is folded away on the screen.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details").filter(details => !details.open && !details.closest("[hidden]"));
    folded = folded.filter(details => details.classList.contains("failed") || details.classList.contains("fold"));
    for (const details of folded) {
      details.open = true;
      details.classList.add("unfolded");
    }
  });
  addEventListener("afterprint", () => {
    for (const details of folded) {
      details.open = false;
      details.classList.remove("unfolded");
    }
    folded = [];
  });

  choose(null);
  filter();
  read();
})();
