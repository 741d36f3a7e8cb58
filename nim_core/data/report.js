"use strict";
// Draws each figure from the data that follows it: in the page's colours, and on paper always in light ones.
(() => {
  const PAPER_WIDTH = 680;
  const figures = [...document.querySelectorAll(".chart")].map((place) => ({
    place,
    ...JSON.parse(place.nextElementSibling.textContent),
  }));
  const night = matchMedia("(prefers-color-scheme: dark)");
  // A finger that drags over a chart means to scroll the page.
  const dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
  // Only buttons that leave the chart in this page.
  const modeBarButtons = [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]];
  const config = { responsive: true, displaylogo: false, modeBarButtons };

  function draw(isDark, width) {
    for (const { place, data, layout, dark } of figures) {
      const traces = data.map((trace, index) => (isDark && dark.data[index]) || trace);
      const ink = isDark ? "#e8eaed" : "#1c1f23";
      const look = {
        ...((isDark && dark.layout) || layout),
        font: { color: ink, family: "system-ui, sans-serif", size: 13 },
        modebar: { bgcolor: "transparent", color: "#808890", activecolor: ink },
        dragmode,
        ...(width ? { width } : {}),
      };
      // Plotly writes into what it is given.
      Plotly.react(place, structuredClone(traces), structuredClone(look), config);
    }
  }

  const drawForScreen = () => draw(night.matches);
  drawForScreen();
  night.addEventListener("change", drawForScreen);
  addEventListener("beforeprint", () => draw(false, PAPER_WIDTH));
  addEventListener("afterprint", drawForScreen);

  const button = document.getElementById("unfold");
  button.addEventListener("click", () => {
    const answers = [...document.querySelectorAll("#answers details")];
    const open = answers.some((each) => !each.open);
    for (const each of answers) each.open = open;
  });
})();
