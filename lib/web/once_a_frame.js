/**
 * A function that calls another one with the next frame, once however often it is called before.
 *
 * @param {() => void} callback
 * @returns {() => void}
 */
export function onceAFrame(callback) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      callback();
    });
  };
}
