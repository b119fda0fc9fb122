use super::{FORMS, find, is_placeholder, may_begin};

/// Joined here, so that no scanner of this repository takes them for real ones.
fn joined(parts: &[&str]) -> String {
    parts.concat()
}

#[test]
fn tokens_are_known_by_their_form() {
    let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    for (text, what) in [
        (joined(&["ENV T=gh", "p_", body]), "personal access token of GitHub"),
        (joined(&["ENV K=AK", "IAQ3EGRT5NWZ7XH2PL"]), "access key of AWS"),
        (joined(&["RUN x --token=gl", "pat-", "a1B2c3D4e5F6g7H8i9J0"]), "GitLab"),
        (joined(&["RUN echo //r/:_auth", "Token=", body, " > .npmrc"]), "npm"),
        (
            joined(&["ENV AWS_SECRET_ACCESS_KEY=", "a1B2c3D4e5F6g7H8i9J0", "k1L2m3N4o5P6q7R8s9T0"]),
            "secret access key",
        ),
        (joined(&["RUN curl -H 'Authorization: Bea", "rer ", body, "' a"]), "Authorization"),
        (joined(&["COPY <<E k\n-----BEGIN RSA PRI", "VATE KEY-----\n", body, body, "\nE"]), "private key"),
        (
            joined(&["RUN git clone https://u:h7", "Kq2mZ9@git.acme.io/a"]),
            "password of `u` in the address of `git.acme.io`",
        ),
        (
            joined(&["RUN git clone https://", "a1b2c3d4e5f6a7b8c9d0e1f2", "@git.acme.io/a"]),
            "token in the address",
        ),
    ] {
        let found = find(&text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].what.contains(what), "{text}: {found:?}");
        assert!(!found[0].what.contains(found[0].span.of(&text)), "the secret itself is told: {found:?}");
    }
}

#[test]
fn a_long_value_is_found_whole_and_one_without_end_is_not_read_to_it() {
    let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8".repeat(100);
    let text = joined(&["//r/:_auth", "Token=", &body, " b"]);
    assert_eq!(find(&text).first().map(|secret| secret.span.of(&text)), Some(&*body));
    let text = joined(&["gh", "p_", &body, " b"]);
    assert_eq!(find(&text).len(), 1);
    let text = joined(&["gh", "p_", &body, &body]);
    assert_eq!(find(&text), []);
}

#[test]
fn what_stands_for_a_secret_is_none() {
    for text in [
        "RUN git clone https://$USER:$TOKEN@git.acme.io/a",
        "RUN git clone https://oauth2:${TOKEN}@git.acme.io/a",
        "ENV DATABASE_URL=postgres://user:password@localhost:5432/db",
        "ENV DATABASE_URL=postgres://postgres:postgres@db:5432/db",
        "ENV DATABASE_URL=mysql://root:changeme@db.acme.io/db",
        "ENV DATABASE_URL=mysql://USER:PASSWORD@HOST/db",
        "ENV URL=https://u:h7Kq2mZ9@example.com/a",
        "ENV K=AKIAIOSFODNN7EXAMPLE",
        "ENV T=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "RUN echo //registry.npmjs.org/:_authToken=${NPM_TOKEN} > .npmrc",
        "RUN curl -H \"Authorization: Bearer $TOKEN\" a",
        "RUN grep -q 'BEGIN RSA PRIVATE KEY' k && echo '-----BEGIN RSA PRIVATE KEY-----'",
        "RUN git clone git@github.com:a/b && git clone ssh://git@github.com/a/b",
        "RUN pip install git+https://github.com/a/b@0123456789abcdef0123456789abcdef01234567",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
}

#[test]
fn a_password_with_a_common_word_in_it_may_be_one_all_the_same() {
    for value in ["h7secretKq2", "Tr0ub4dor-token", "my-app-9fK2xq", "passwordK8m2zQ", "bar1970fly"] {
        assert!(!is_placeholder(value), "{value}");
    }
    for value in [
        "password",
        "password1",
        "my-secret-pw",
        "mysecretpassword123",
        "super-secret-token",
        "root_pass",
        "changeit",
        "your-token-here",
        "postgres123",
        "12345678",
        "secret_key_123456",
        "admin:admin",
    ] {
        assert!(is_placeholder(value), "{value}");
    }
}

#[test]
fn a_password_for_a_neighbour_is_less_grave() {
    let found = find(&joined(&["ENV U=amqp://app:", "h7Kq2mZ9", "@rabbit:5672"]));
    assert!(matches!(&found[..], [secret] if !secret.sure), "{found:?}");
}

#[test]
fn every_form_is_asked_for_where_it_begins() {
    for name in FORMS.iter().map(|form| form.prefix).chain(["AWS_", "aws_", "Auth", "auth", "AUTH"]) {
        let bytes = name.as_bytes();
        assert!(may_begin(bytes[0], bytes[1]), "{name}");
    }
}
