/* What is wider than its box can be scrolled with the keyboard too. */
addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  const boxes = document.querySelectorAll("mjx-container[display=true], .cell_output .output, .pst-scrollable-table-container, .book-figure-box");
  const update = () => boxes.forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  update();
  addEventListener("resize", update);
});
