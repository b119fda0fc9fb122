//! The outside world behind one trait: the only place below server and cli that reads disk or starts a program.
