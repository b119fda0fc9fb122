//! What an editor can ask for, in our own types: one file an LSP request.
