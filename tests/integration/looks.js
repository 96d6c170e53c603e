// How does each mail look? Loads them one after the other into a frame and says what is wrong with each.

const READABLE = 4.5  // WCAG 2.2, 1.4.3: contrast of text

const frame = document.createElement("iframe")
document.body.append(frame)

function channels(colour) {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number)
  return { rgb: [red, green, blue], alpha }
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function background(element, view) {
  for (let at = element; at; at = at.parentElement) {
    const { rgb, alpha } = channels(view.getComputedStyle(at).backgroundColor)
    if (alpha === 1) return rgb
  }
  return null
}

function contrast(element, view) {
  const behind = background(element, view)
  if (behind === null) return 0  // whatever the mail program has there
  const pair = [luminance(behind), luminance(channels(view.getComputedStyle(element).color).rgb)].sort((a, b) => b - a)
  return (pair[0] + 0.05) / (pair[1] + 0.05)
}

function faults(page) {
  const view = page.defaultView, root = page.documentElement, found = []
  if (root.scrollWidth > frame.clientWidth) found.push(`${root.scrollWidth} pixels wide`)
  if (!root.lang) found.push("no language")
  for (const picture of page.images) if (!picture.hasAttribute("alt")) found.push("a picture without a text")
  for (const { name } of view.performance.getEntriesByType("resource")) found.push(`asks for ${name}`)
  for (const element of page.body.querySelectorAll("*")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
    const words = own.map((node) => node.data.trim()).join(" ").trim()
    if (words && !["STYLE", "SCRIPT"].includes(element.tagName) && contrast(element, view) < READABLE)
      found.push(`hard to read (${contrast(element, view).toFixed(1)}): ${words.slice(0, 40)}`)
  }
  return found
}

function shown(html, width) {
  return new Promise((done) => {
    frame.width = width
    frame.onload = () => done(faults(frame.contentDocument))
    frame.srcdoc = html
  })
}

async function look() {
  const looks = []
  for (const { name, html } of MAILS)
    for (const width of WIDTHS) looks.push({ name, width, faults: await shown(html, width) })
  frame.remove()
  document.getElementById("looks").textContent = JSON.stringify(looks)
}

look()
