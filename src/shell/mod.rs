//! The commands inside RUN: a tolerant lexer and a light command tree, with exact spans in the Dockerfile.
