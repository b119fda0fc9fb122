use super::*;

/// Each fault as the bytes it stands on, its kind and what was probably meant.
fn faults<'t>(instruction: &str, flags: &[&'t str]) -> Vec<(&'t str, FlagErrorKind, Option<String>)> {
    let raw: Vec<RawFlag<'_>> = flags.iter().map(|flag| RawFlag::split(flag).unwrap()).collect();
    check(instruction, &raw, '\\')
        .into_iter()
        .map(|error| {
            if let Some(suggestion) = &error.suggestion {
                assert!(error.span.encloses(suggestion.span), "a suggestion outside its fault");
            }
            (error.span.of(flags[error.flag]), error.kind, error.suggestion.map(|it| it.replacement))
        })
        .collect()
}

fn one<'t>(instruction: &str, flag: &'t str) -> (&'t str, FlagErrorKind, Option<String>) {
    let mut found = faults(instruction, &[flag]);
    assert_eq!(found.len(), 1, "{flag}: {found:?}");
    found.remove(0)
}

fn meant(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn right_flags_are_left_alone() {
    for (instruction, flag) in [
        ("FROM", "--platform=linux/arm64/v8"),
        ("FROM", "--platform=$BUILDPLATFORM"),
        ("FROM", "--platform=windows(10.0.17763)/amd64"),
        ("FROM", "--platform=amd64"),
        ("COPY", "--link"),
        ("COPY", "--link=FALSE"),
        ("COPY", "--from=build"),
        ("COPY", "--chown="),
        ("COPY", "--chmod=0755"),
        ("COPY", "--chmod=u=rwX,go=rX"),
        ("ADD", "--chmod=+x"),
        ("ADD", "--chmod=${MODE}"),
        ("ADD", "--checksum=sha256:12"),
        ("HEALTHCHECK", "--interval=1m30s"),
        ("HEALTHCHECK", "--retries=0"),
        ("RUN", "--network=none"),
        ("RUN", "--mount=type=cache,target=/root/.npm,sharing=LOCKED,uid=0,mode=0755"),
        ("RUN", "--mount=type=secret,id=npmrc,required,env=TOKEN"),
        ("RUN", "--mount=type=secret,target=/x"),
        ("RUN", "--mount=type=ssh"),
        ("RUN", "--mount=type=tmpfs,dst=/tmp,size=1.5GiB"),
        ("RUN", "--mount=from=build,src=/a,destination=/b,rw"),
        ("RUN", "--mount=type=$T,required,size=1"),
        ("RUN", "--mount=type=cache,target=/c,id=$ID,sharing=$S,uid=$U"),
        ("RUN", "--mount=type=bind,\"source=a,b\",target=/x,ro=1"),
        ("RUN", "--mount=TYPE=Cache,target='/a b'"),
        ("ARG", "--what"),
        ("STOPSIGNAL", "--what"),
    ] {
        assert_eq!(faults(instruction, &[flag]), [], "{instruction} {flag}");
    }
    assert_eq!(faults("RUN", &["--mount=type=ssh", "--mount=type=ssh", "--device=a", "--device=b"]), []);
    assert_eq!(faults("COPY", &["--link", "--", "--what"]), []);
}

#[test]
fn flags_that_are_unknown_doubled_or_without_value() {
    use FlagErrorKind::*;
    assert_eq!(one("RUN", "--mont=type=tmpfs"), ("mont", UnknownFlag, meant("mount")));
    assert_eq!(one("COPY", "--Link"), ("Link", UnknownFlag, meant("link")));
    assert_eq!(one("ADD", "--from=x"), ("from", UnknownFlag, None));
    assert_eq!(one("CMD", "--boo"), ("boo", UnknownFlag, None));
    assert_eq!(one("COPY", "--from"), ("--from", MissingValue, None));
    assert_eq!(one("COPY", "--link="), ("--link=", MissingValue, None));
    assert_eq!(faults("COPY", &["--link", "--link=true"]), [("--link=true", DuplicateFlag, None)]);
    let raw = [RawFlag { name: "from", value: Some("x") }];
    assert_eq!(check("ADD", &raw, '\\')[0].message, "ADD has no flag `--from`; COPY has");
}

#[test]
fn values_that_are_refused() {
    use FlagErrorKind::*;
    assert_eq!(one("COPY", "--link=yes"), ("yes", BadValue, None));
    assert_eq!(one("COPY", "--link=ture"), ("ture", BadValue, meant("true")));
    assert_eq!(one("COPY", "--link=$X"), ("$X", Variable, None));
    assert_eq!(one("COPY", "--from=node:$V"), ("node:$V", Variable, None));
    assert_eq!(one("COPY", "--chmod=64a"), ("64a", BadValue, None));
    assert_eq!(one("COPY", "--chmod=10000"), ("10000", BadValue, None));
    assert_eq!(one("RUN", "--network=hots"), ("hots", BadValue, meant("host")));
    assert_eq!(one("RUN", "--security=foo"), ("foo", BadValue, None));
    assert_eq!(one("HEALTHCHECK", "--interval=30"), ("30", BadValue, meant("30s")));
    assert_eq!(one("HEALTHCHECK", "--timeout=1us"), ("1us", BadValue, None));
    assert_eq!(one("HEALTHCHECK", "--retries=-1"), ("-1", BadValue, None));
    assert_eq!(one("HEALTHCHECK", "--retries=$N"), ("$N", Variable, None));
    assert_eq!(one("FROM", "--platform=amd46"), ("amd46", BadValue, meant("amd64")));
    assert_eq!(one("FROM", "--platform=linux//v8"), ("linux//v8", BadValue, None));
}

#[test]
fn mounts_are_refused_at_the_very_word() {
    use FlagErrorKind::*;
    assert_eq!(one("RUN", "--mount=typ=tmpfs"), ("typ", UnknownKey, meant("type")));
    assert_eq!(one("RUN", "--mount=type=tmp,target=/a"), ("tmp", BadValue, meant("tmpfs")));
    assert_eq!(one("RUN", "--mount=cache,target=/a"), ("cache", UnknownKey, meant("type=cache")));
    assert_eq!(one("RUN", "--mount=type=cache,target"), ("target", MissingValue, None));
    assert_eq!(one("RUN", "--mount=type=cache,"), ("", UnknownKey, None));
    assert_eq!(one("RUN", "--mount=type=cache,target=/a,sharing=lock"), ("lock", BadValue, meant("locked")));
    assert_eq!(one("RUN", "--mount=type=cache,uid=node"), ("node", BadValue, None));
    assert_eq!(one("RUN", "--mount=type=cache,mode=888"), ("888", BadValue, None));
    assert_eq!(one("RUN", "--mount=target=/a,uid=1"), ("uid=1", MisplacedKey, None));
    assert_eq!(one("RUN", "--mount=type=bind,sharing=locked"), ("sharing=locked", MisplacedKey, None));
    assert_eq!(one("RUN", "--mount=from=$X,type=cache"), ("$X", Variable, None));
    assert_eq!(one("RUN", "--mount=required,type=secret,id=x"), ("required", MisplacedKey, None));
    assert_eq!(one("RUN", "--mount=type=cache,size=1g"), ("size=1g", MisplacedKey, None));
    assert_eq!(one("RUN", "--mount=type=tmpfs,size=big"), ("big", BadValue, None));
    assert_eq!(one("RUN", "--mount=type=secret"), ("type=secret", Keys, None));
    assert_eq!(one("RUN", "--mount=type=secret,id=a,src=b"), ("src=b", Keys, None));
    assert_eq!(one("RUN", "--mount=type=secret,id=a,from=b"), ("from=b", MisplacedKey, None));
    assert_eq!(one("RUN", "--mount=target=/a\"b"), ("\"b", Csv, None));
    assert_eq!(one("RUN", "--mount=\"target=/a"), ("\"target=/a", Csv, None));
    assert_eq!(one("RUN", "--mount=target=/a,ro=maybe"), ("maybe", BadValue, None));
}

#[test]
fn a_mount_is_never_over_the_root() {
    use FlagErrorKind::*;
    assert_eq!(one("RUN", "--mount=type=cache,target=/"), ("/", BadValue, None));
    assert_eq!(one("RUN", "--mount=type=tmpfs,dst='/'"), ("'/'", BadValue, None));
    assert_eq!(one("RUN", "--mount=type=ssh,source=x"), ("source=x", MisplacedKey, None));
    // BuildKit compares texts, and what isn't absolute hangs on WORKDIR.
    for right in ["target=//", "target=/..", "target=.", "type=cache", "target=", "target=$X"] {
        let flag = format!("--mount={right}");
        assert_eq!(faults("RUN", &[flag.as_str()]), [], "{flag}");
    }
}

#[test]
fn devices_have_a_name_and_may_be_required() {
    use FlagErrorKind::*;
    for right in [
        "vendor.com/class=device",
        "name=vendor.com/class=device,required",
        "vendor.com/class=device,REQUIRED=f",
        "required",
        "name=",
        "name=,name=a",
        "\"a,b\",required=1",
        "$DEVICE",
    ] {
        let flag = format!("--device={right}");
        assert_eq!(faults("RUN", &[flag.as_str()]), [], "{flag}");
    }
    assert_eq!(one("RUN", "--device"), ("--device", MissingValue, None));
    assert_eq!(one("RUN", "--device="), ("--device=", MissingValue, None));
    assert_eq!(one("RUN", "--device=a,name=b"), ("name=b", Keys, None));
    assert_eq!(one("RUN", "--device=a,b"), ("b", UnknownKey, None));
    assert_eq!(one("RUN", "--device=a,requird"), ("requird", UnknownKey, meant("required")));
    assert_eq!(one("RUN", "--device=a,nam=b"), ("nam", UnknownKey, meant("name")));
    assert_eq!(one("RUN", "--device=a,required=no"), ("no", BadValue, None));
    assert_eq!(one("RUN", "--device=a,required=ture"), ("ture", BadValue, meant("true")));
    assert_eq!(one("RUN", "--device=a,"), ("", UnknownKey, None));
    assert_eq!(one("RUN", "--device=a,\"b"), ("\"b", Csv, None));
}

#[test]
fn mounts_come_apart() {
    let value = "type=cache,\"dst=/a,\"\"b\",ro";
    let mount = mount::parse(value);
    assert_eq!(mount.kind().map(|kind| kind.name()), Some("cache"));
    assert_eq!(mount.value("target"), Some("/a,\"b"));
    let target = mount.field("target").unwrap();
    assert_eq!((target.key_span.of(value), target.value_span.of(value)), ("dst", "/a,\"\"b"));
    assert!(!mount.is_writable());
    assert_eq!(mount.field_at(24).map(|field| field.key.as_str()), Some("ro"));
    assert!(mount::parse("type=cache").is_writable());
    assert!(mount::parse("rw").is_writable());
    assert!(!mount::parse("target=/x").is_writable());
    assert_eq!(mount::parse("type=$X").kind(), None);
    for text in ["", ",", "\"", "\"\"", "\"\"\"", "a=\"", "=", "é=é,\"é"] {
        let mount = mount::parse(text);
        assert!(mount.fields.iter().all(|field| text.is_char_boundary(field.span.end as usize)));
    }
}

#[test]
fn sizes_are_read_with_their_units() {
    assert_eq!(mount::size("1024"), Some(1024));
    assert_eq!(mount::size("64m"), Some(64 << 20));
    assert_eq!(mount::size("1.5 GiB"), Some(3 << 29));
    assert_eq!(mount::size("1kb"), Some(1024));
    assert_eq!(mount::size("12b"), Some(12));
    assert_eq!(mount::size("1e3"), Some(1000));
    for text in ["", "big", "-1", "1 x", "1ib", "m", "1mm", "1 2k"] {
        assert_eq!(mount::size(text), None, "{text}");
    }
}
