//! What can be set, as pure values.
