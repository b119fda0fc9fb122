//! Files whose very names say that they hold what nobody else should have.

/// What such a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretFile {
    /// Settings of one kind of deployment, which are committed now and then: `.env.production`.
    Settings,
    /// Settings of this machine: `.env`, `.env.local`.
    LocalSettings,
    /// Passwords and tokens that a program logs in with.
    Login,
    /// A private key.
    Key,
}

impl SecretFile {
    /// What a file at `path` (with `/`) holds, by its name. Names of templates (`.env.example`) say nothing.
    ///
    /// Sources: the manuals of ssh-keygen, git-credential-store, curl (.netrc), libpq (.pgpass), twine (.pypirc), the AWS,
    /// Docker, kubectl, Vault and RubyGems command lines; dotenv's and Vite's naming of `.env` files.
    pub fn of(path: &str) -> Option<SecretFile> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some(rest) = name.strip_prefix(".env") {
            return match rest.strip_prefix('.') {
                None => rest.is_empty().then_some(SecretFile::LocalSettings),
                Some(of) => env(of),
            };
        }
        let folder = folder.rsplit('/').next().unwrap_or(folder);
        match name {
            "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" => Some(SecretFile::Key),
            ".git-credentials" | ".netrc" | "_netrc" | ".pypirc" | ".pgpass" | ".vault-token"
            | ".dockercfg" => Some(SecretFile::Login),
            "credentials" if matches!(folder, ".aws" | ".gem") => Some(SecretFile::Login),
            "config.json" if folder == ".docker" => Some(SecretFile::Login),
            "config" if folder == ".kube" => Some(SecretFile::Login),
            _ => None,
        }
    }
}

fn env(of: &str) -> Option<SecretFile> {
    let template = ["example", "sample", "template", "dist", "default", "schema", "test", "ci", "tpl"];
    if template.iter().any(|word| of.split(['.', '-', '_']).any(|part| part.trim_end_matches('s') == *word)) {
        return None;
    }
    if of == "local" || of.ends_with(".local") {
        return Some(SecretFile::LocalSettings);
    }
    Some(SecretFile::Settings)
}

/// Whether a text of `.npmrc` holds a token or password itself, not the name of a variable that does.
pub(super) fn npmrc_has_token(text: &str) -> bool {
    let secret = |line: &str| {
        let (key, value) = line.split_once('=')?;
        let key = key.trim();
        let names = ["_authToken", "_auth", "_password"];
        let named = names.iter().any(|name| key == *name || key.ends_with(&format!(":{name}")));
        let value = value.trim().trim_matches(['"', '\'']);
        Some(named && !value.is_empty() && !value.contains("${"))
    };
    text.lines().any(|line| secret(line.trim()).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::{SecretFile, npmrc_has_token};

    #[test]
    fn names_tell_what_a_file_holds() {
        for (path, kind) in [
            (".env", Some(SecretFile::LocalSettings)),
            ("web/.env.production.local", Some(SecretFile::LocalSettings)),
            (".env.production", Some(SecretFile::Settings)),
            ("home/.ssh/id_ed25519", Some(SecretFile::Key)),
            ("home/.aws/credentials", Some(SecretFile::Login)),
            (".netrc", Some(SecretFile::Login)),
            (".env.example", None),
            (".env.local.dist", None),
            (".envrc", None),
            ("id_rsa.pub", None),
            ("credentials", None),
            (".npmrc", None),
        ] {
            assert_eq!(SecretFile::of(path), kind, "{path}");
        }
    }

    #[test]
    fn a_token_of_npmrc_is_one_that_is_written_out() {
        assert!(npmrc_has_token("a=1\n//registry.npmjs.org/:_authToken=abc\n"));
        assert!(npmrc_has_token("_auth = \"YTpi\"\n"));
        assert!(!npmrc_has_token("//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nregistry=https://a.io\n"));
        assert!(!npmrc_has_token("# _authToken=abc\nalways-auth=true\n"));
    }
}
