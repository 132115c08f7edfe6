// A stop of a walk: where it is, and a name for its snapshots and pictures.

export const stop = (page, state, more = {}) => ({ page, state, name: state ? `${page}-${state}` : page, ...more });
