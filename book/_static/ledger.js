/* The ledger's filter, and links to cards that are folded away or filtered out. Without this script every card is there. */
addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.book-filter");
  if (!form) return;
  const cards = [...document.querySelectorAll("article.book-card[data-verdict]")];
  const folds = [...document.querySelectorAll("details.book-fold")];
  const sections = new Set();
  for (const card of cards)
    for (let up = card.closest("section"); up && !up.contains(form); up = up.parentElement.closest("section")) sections.add(up);
  const shows = (box) => cards.some((card) => !card.hidden && box.contains(card));

  const filter = () => {
    const {verdict, chapter} = form.elements;
    const free = !verdict.value && !chapter.value;
    for (const card of cards)
      card.hidden = (verdict.value && card.dataset.verdict !== verdict.value)
        || (chapter.value && card.dataset.chapter !== chapter.value);
    for (const section of sections) section.hidden = !shows(section);
    for (const fold of folds) fold.open = !free && shows(fold);
    const count = cards.filter((card) => !card.hidden).length;
    form.querySelector("[role=status]").textContent = `${count} of ${cards.length} claims shown`;
  };

  const reveal = () => {
    const card = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("article.book-card");
    if (!card) return;
    if (card.hidden) {
      form.elements.verdict.value = form.elements.chapter.value = "";
      filter();
    }
    for (let up = card.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    card.scrollIntoView();
  };

  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));  // when the choices are reset
  form.hidden = false;
  filter();
  reveal();
  addEventListener("hashchange", reveal);
  addEventListener("load", () => window.MathJax?.startup?.promise.then(reveal));  // formulas move the page
});
