// Filters the table of rules by words and severity. Without it, the whole table is there.
(function () {
  "use strict";
  var form = document.querySelector(".filter");
  if (!form) { return; }
  form.hidden = false;
  var words = form.querySelector("input"), severity = form.querySelector("select");
  var rows = Array.prototype.slice.call(document.querySelectorAll("table.rules tbody tr"));
  var count = document.querySelector("[data-count]");
  function filter() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase();
      var fits = (!severity.value || row.dataset.severity === severity.value) &&
        wanted.every(function (word) { return text.indexOf(word) >= 0; });
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.textContent = shown + " / " + rows.length;
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  filter();
})();
