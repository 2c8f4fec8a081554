import type { Random } from "./random.ts";

/** Words without a meaning in the place where they stand. */
const WORDS: readonly [string, ...string[]] = [
  "aqua",
  ...("altum ambit ardet arma aurum avis bene brevis caelum campus canit capit carmen celer clarus " +
    "collis corpus crescit cum currit dat deinde dies diu domus ducit dulcis equus est et fama fert " +
    "festum fides flamen flos fluit fons forma frigus fulget gaudet gelu gravis habet herba hiems hora " +
    "hortus ignis imber in inde iter iubet labor lacus laetus latet lente levis liber limen locus " +
    "longus lucet ludit lumen luna magis manet mare mensis mons mora movet mox multum nam natat navis " +
    "nemus nix nocte nomen nox nubes numerus nunc oculus omne orbis oritur pacem parat pars patet per " +
    "petit pluit pontus porta post prope pulcher quam quies radix ramus redit regit rosa rursus saxum " +
    "semper sentit sidus silva simul sol sonat spes stella sub surgit tacet tempus tenet terra timet " +
    "tollit trahit tum turris ubi umbra unda urbs ut venit ventus ver via videt villa virens vivit " +
    "volat vox vultus").split(" "),
];

const MIN_WORDS = 4;
const MAX_WORDS = 12;

/** A sentence of random words: a capital at its beginning, perhaps a comma in it, a full stop. */
export function sentence(random: Random): string {
  const count = random.integer(MIN_WORDS, MAX_WORDS);
  const words = Array.from({ length: count }, () => random.choice(WORDS));
  const comma = random.integer(1, 2 * count);
  const text = words.map((word, i) => i === comma && i < count - 1 ? `${word},` : word).join(" ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/**
 * Whole sentences.
 *
 * @param minLength How many characters at least; one sentence when it is not given.
 */
export function sentences(random: Random, minLength = 0): string {
  let text = sentence(random);
  while (text.length < minLength) text += ` ${sentence(random)}`;
  return text;
}
