// Where in a text the doubt is: the places at which its readers differ, one key apart.

const dotted = /[aoAO]/g;

/** The stretches of `text` that `other` has not, as [from, to]; an empty one is where `other` has more. */
function differences(text, other) {
  // How long the longest common part of the ends is, from each pair of places on.
  const common = Array.from({ length: text.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = text.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      common[i][j] = text[i] === other[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < text.length || j < other.length) {
    if (i < text.length && j < other.length && text[i] === other[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const from = i;
    while ((i < text.length || j < other.length) && !(i < text.length && j < other.length && text[i] === other[j])) {
      if (j >= other.length || (i < text.length && common[i + 1][j] >= common[i][j + 1])) i += 1;
      else j += 1;
    }
    found.push([from, i]);
  }
  return found;
}

/**
 * The places of a proposal where a person should look; a reading that is mostly another says nothing of places.
 * @returns [from, to] in order and apart.
 */
export function doubtfulPlaces(text, readings, reason) {
  if (!text || text.length > 500) return [];
  const size = (some) => some.reduce((sum, [from, to]) => sum + to - from, 0);
  let places = readings.filter((one) => one && one.length <= 500).map((one) => differences(text, one))
    .filter((some) => size(some) <= text.length / 3).flat();
  // The readers agree in the letters, and lost the dots or the ring of one of them.
  if (!places.length && reason === "marks-differ") places = [...text.matchAll(dotted)].map(({ index }) => [index, index + 1]);
  const merged = [];
  for (const [from, to] of places.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/**
 * Goes from place to place of an entry, also while the person types.
 * @returns A function that selects the next place, and says whether there is one.
 */
export function walk(input, places) {
  let left = places;
  let before = input.value;
  input.addEventListener("input", () => {
    const now = input.value;
    const most = Math.min(before.length, now.length);
    let from = 0;
    while (from < most && before[from] === now[from]) from += 1;
    let same = 0;
    while (same < most - from && before.at(-1 - same) === now.at(-1 - same)) same += 1;
    const to = before.length - same;
    const longer = now.length - before.length;
    // What was touched is settled; what comes after it has moved.
    left = left.filter((one) => one[1] < from || one[0] > to).map((one) => (one[0] > to ? one.map((at) => at + longer) : one));
    before = now;
  });
  return () => {
    const [from, to] = [input.selectionStart, input.selectionEnd];
    const isAtOne = left.some((one) => one[0] === from && one[1] === to);
    const next = left.find((one) => (isAtOne ? one[0] > from : one[0] >= to)) ?? left[0];
    if (!next) return false;
    input.focus();
    input.setSelectionRange(...next);
    return true;
  };
}
