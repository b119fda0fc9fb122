fn main() -> std::process::ExitCode {
    plimsoll::cli::run(std::env::args_os())
}
