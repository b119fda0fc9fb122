#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    plimsoll_fuzz::properties::semantic_tokens::check(&String::from_utf8_lossy(bytes));
});
