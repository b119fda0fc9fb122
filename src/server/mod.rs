//! The language server: the only user of tower_lsp.
