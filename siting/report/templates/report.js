"use strict";
(() => {
  const data = JSON.parse(document.getElementById("plan-data").textContent);
  const map = L.map("map", {
    preferCanvas: true, attributionControl: false, zoomSnap: 0.25, wheelPxPerZoomLevel: 90,
    minZoom: 2, maxZoom: 18,
  });
  L.control.scale({ position: "bottomleft", maxWidth: 160 }).addTo(map);
  const canvas = (name, z) => {
    map.createPane(name).style.zIndex = z;
    return L.canvas({ pane: name, padding: 0.3, tolerance: 4 });
  };
  // One canvas for all that can be hovered: a canvas above another would hide it from the mouse.
  const base = canvas("base", 350);
  const main = canvas("main", 410);
  map.getPane("base").style.pointerEvents = "none";
  for (const line of data.outlines) {
    L.polyline(line, { renderer: base, color: "#8e98a3", weight: 1.2, interactive: false }).addTo(map);
  }

  const metros = L.layerGroup().addTo(map);
  for (const city of data.cities) {
    const text = document.createElement("span");
    text.textContent = city.name;
    L.circleMarker(city.point, { renderer: base, radius: 2, weight: 0, fillOpacity: 1, fillColor: "#5a636e", interactive: false }).addTo(metros);
    L.tooltip({ permanent: true, direction: "bottom", className: "metro", interactive: false, offset: [0, 2] })
      .setLatLng(city.point).setContent(text).addTo(metros);
  }

  // Substations are squares, so that color is not all that tells them from campuses.
  const Square = L.CircleMarker.extend({
    _updatePath() {
      if (!this._renderer._drawing || this._empty()) return;
      const ctx = this._renderer._ctx, r = this._radius, p = this._point;
      ctx.beginPath();
      ctx.rect(p.x - r, p.y - r, 2 * r, 2 * r);
      this._renderer._fillStroke(ctx, this);
    },
  });

  // Routes along the same corridor lie side by side, at every zoom.
  const lanes = Math.max(1, ...data.layers.flatMap((l) => l.features.map((f) => Math.abs(f.lane))));
  const gap = Math.min(4.5, 18 / lanes);
  const Lane = L.Polyline.extend({
    _simplifyPoints() {
      L.Polyline.prototype._simplifyPoints.call(this);
      const far = gap * this.options.lane;
      this._parts = this._parts.map((part) => part.map((point, i) => {
        const a = part[Math.max(i - 1, 0)], b = part[Math.min(i + 1, part.length - 1)];
        const size = Math.hypot(b.x - a.x, b.y - a.y) || 1;
        return L.point(point.x + far * (b.y - a.y) / size, point.y - far * (b.x - a.x) / size);
      }));
    },
    _updateBounds() {
      L.Polyline.prototype._updateBounds.call(this);
      const extra = L.point(1, 1).multiplyBy(gap * Math.abs(this.options.lane));
      this._pxBounds = L.bounds(this._pxBounds.min.subtract(extra), this._pxBounds.max.add(extra));
    },
  });

  const styles = {
    corridors: { weight: 1.2 },
    built: { weight: 10, opacity: 1 },
    iru: { weight: 10, opacity: 1 },
    tie_lines: { weight: 3 },
    first: { weight: 4.5 },
    second: { weight: 3.5, dashArray: "9 6" },
    further: { weight: 3.5, dashArray: "2 6" },
    substations: { radius: 2.5, weight: 1, fillOpacity: 0.7 },
    powered: { radius: 5.5, weight: 1.5, color: "#5c3d00", fillOpacity: 1 },
    campuses: { weight: 1.8, fillOpacity: 0.05 },
    hazards: { radius: 4.5, weight: 1.5, color: "#ffffff", fillOpacity: 0.9 },
    huts: { radius: 4, weight: 2, fillColor: "#ffffff", fillOpacity: 1 },
    open: { weight: 1.5, color: "#ffffff", fillOpacity: 0.92 },
  };
  const radius = (mw) => 5 + 13 * Math.sqrt(Math.max(mw, 0) / data.largest);

  const tip = (feature) => {
    const box = document.createElement("div");
    const title = document.createElement("b");
    title.textContent = feature.title;
    box.append(title);
    for (const text of feature.lines) {
      const line = document.createElement("span");
      line.textContent = text;
      box.append(line);
    }
    return box;
  };

  const drawn = {};
  for (const layer of data.layers) {
    const items = layer.features.map((feature) => {
      const style = { renderer: main, color: layer.color, fillColor: layer.color, ...styles[layer.id] };
      let shape;
      if (layer.geometry === "line") {
        const kind = feature.lane ? Lane : L.Polyline;
        shape = new kind(feature.points, { lane: feature.lane, ...style, fill: false, lineJoin: "round", smoothFactor: 0.7 });
      } else {
        if (layer.id === "open" || layer.id === "campuses") style.radius = radius(feature.size);
        shape = layer.id === "powered" || layer.id === "substations"
          ? new Square(feature.points[0], style) : L.circleMarker(feature.points[0], style);
      }
      shape.bindTooltip(() => tip(feature), { sticky: true, className: "tip", opacity: 1 });
      let name = null;
      if (layer.id === "open") {
        const text = document.createElement("span");
        text.textContent = feature.title;
        name = L.tooltip({
          permanent: true, direction: "right", className: "name", interactive: false,
        }).setLatLng(feature.points[0]).setContent(text);
      }
      return { feature, shape, name };
    });
    drawn[layer.id] = { layer, items, group: L.layerGroup().addTo(map) };
  }

  // Names stand where they hide least: right, left, above or below their campus, inside the map.
  const placeNames = () => {
    const size = map.getSize(), taken = [];
    const items = drawn.open.items.filter((i) => drawn.open.group.hasLayer(i.shape));
    for (const { feature } of items) {
      const p = map.latLngToContainerPoint(feature.points[0]), r = radius(feature.size);
      taken.push([p.x - r, p.y - r, p.x + r, p.y + r]);
    }
    for (const { feature, name } of items) {
      const text = name.getElement().firstElementChild ?? name.getElement();
      const w = text.offsetWidth + 6, h = text.offsetHeight + 4;
      const p = map.latLngToContainerPoint(feature.points[0]), r = radius(feature.size) + 3;
      const sides = {
        right: [p.x + r, p.y - h / 2], left: [p.x - r - w, p.y - h / 2],
        top: [p.x - w / 2, p.y - r - h], bottom: [p.x - w / 2, p.y + r],
      };
      let best = null;
      for (const [side, [x, y]] of Object.entries(sides)) {
        let cost = x < 0 || y < 0 || x + w > size.x || y + h > size.y ? 10 : 0;
        for (const [x1, y1, x2, y2] of taken) if (x < x2 && x1 < x + w && y < y2 && y1 < y + h) cost += 3;
        if (!best || cost < best.cost) best = { cost, side, box: [x, y, x + w, y + h] };
      }
      taken.push(best.box);
      const shift = { right: [r, 0], left: [-r, 0], top: [0, -r], bottom: [0, r] }[best.side];
      name.options.direction = best.side;
      name.options.offset = L.point(shift);
      name.update();
    }
  };
  const slider = document.getElementById("period");
  const refresh = () => {
    const period = slider ? Number(slider.value) : data.periods.length - 1;
    if (slider) document.getElementById("period-label").textContent = data.periods[period];
    for (const [id, { layer, items, group }] of Object.entries(drawn)) {
      const box = document.getElementById(`layer-${id}`);
      group.clearLayers();
      if (!box || !box.checked) continue;
      for (const { feature, shape, name } of items) {
        if (layer.planned && feature.from > period) continue;
        group.addLayer(shape);
        if (name) group.addLayer(name);
      }
    }
    placeNames();
  };
  document.getElementById("layer-metros").addEventListener("input", (event) => {
    if (event.target.checked) metros.addTo(map); else metros.remove();
  });
  const plan = [[data.box[1], data.box[0]], [data.box[3], data.box[2]]];
  const show = (box) => map.fitBounds(box, { padding: [12, 12], animate: false });
  show(plan);
  refresh();
  map.on("zoomend moveend resize", placeNames);
  document.getElementById("legend").addEventListener("input", refresh);
  document.getElementById("legend").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("zoom-plan").addEventListener("click", () => show(plan));
  document.getElementById("zoom-all").addEventListener("click", () => show(data.bounds));

  const find = (id) => Object.values(drawn).flatMap((d) => d.items).find((i) => i.feature.id === id);
  for (const row of document.querySelectorAll("tr[data-route]")) {
    const item = find(row.dataset.route);
    if (!item) continue;
    const usual = { weight: item.shape.options.weight, dashArray: item.shape.options.dashArray };
    row.addEventListener("mouseenter", () => item.shape.setStyle({ weight: 9, dashArray: null }));
    row.addEventListener("mouseleave", () => item.shape.setStyle({ dashArray: null, ...usual }));
    row.addEventListener("click", () => {
      show(item.shape.getBounds().pad(0.15));
      document.getElementById("map-section").scrollIntoView();
    });
  }
  window.addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  });
  window.siting = { map, drawn, data };
  window.sitingReady = true;
})();
