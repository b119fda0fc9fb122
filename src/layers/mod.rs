//! Steps, their layers, what their cache keys hang on, and what they weigh.
