// Runs before anything is drawn, so that the chosen theme does not come after a flash of the other one.
try {
  const chosen = localStorage.getItem("theia-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
} catch {
  // A browser that keeps nothing has nothing to remember.
}
