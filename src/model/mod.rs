//! What one file means: stages and their graph, scopes of ARG and ENV, the effective USER, WORKDIR and SHELL.
