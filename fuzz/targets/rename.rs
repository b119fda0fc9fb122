#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    plimsoll_fuzz::properties::rename::check(&String::from_utf8_lossy(bytes));
});
