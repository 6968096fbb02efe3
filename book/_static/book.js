/* Commas stay with their formulas, and what is wider than its box can be scrolled with the keyboard too. */
addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  // A line may break between a formula and the comma after it, unless they are held together.
  for (const formula of document.querySelectorAll("article mjx-container:not([display=true])")) {
    const host = formula.closest("span.math") ?? formula, next = host.nextSibling;
    const mark = next?.nodeType === Node.TEXT_NODE && next.data.match(/^[.,;:!?)\]’]+/)?.[0];
    if (!mark) continue;
    const held = document.createElement("span");
    held.style.whiteSpace = "nowrap";
    host.replaceWith(held);
    held.append(host, mark);
    next.data = next.data.slice(mark.length);
  }
  const boxes = document.querySelectorAll("mjx-container[display=true], .cell_output .output, .pst-scrollable-table-container, .book-figure-box");
  const update = () => boxes.forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  update();
  addEventListener("resize", update);
});
