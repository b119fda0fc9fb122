/// The platforms that a package is made for, as its package.json lists them in `os`, `cpu` and `libc`;
/// empty lists mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    pub os: Vec<Box<str>>,
    pub cpu: Vec<Box<str>>,
    /// `glibc`, `musl`
    pub libc: Vec<Box<str>>,
}

/// What packages are installed for, in Node.js's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    pub os: &'a str,
    pub cpu: &'a str,
    /// `glibc` or `musl`; `None` where it isn't known.
    pub libc: Option<&'a str>,
}

impl Platform {
    /// Whether a package manager that reads all three lists installs the package for `target`. Of a libc
    /// that isn't known, the answer is that for glibc.
    ///
    /// Source: `checkPlatform` of the package npm-install-checks.
    pub fn fits(&self, target: &Target<'_>) -> bool {
        admits(&self.os, target.os)
            && admits(&self.cpu, target.cpu)
            && admits(&self.libc, target.libc.unwrap_or("glibc"))
    }

    /// The platform that a package's name speaks of, such as `@next/swc-linux-x64-musl` or
    /// `turbo-linux-64`: for lockfiles that don't list platforms. All platforms where the name names none.
    pub fn of_name(name: &str) -> Self {
        let mut platform = Self::default();
        for token in name.split(['-', '/', '_', '.']) {
            let (list, value) = match token {
                "linux" | "darwin" | "android" | "freebsd" | "openbsd" | "netbsd" | "sunos" | "aix"
                | "openharmony" => (&mut platform.os, token),
                "win32" | "windows" => (&mut platform.os, "win32"),
                "linuxmusl" => {
                    platform.libc.push("musl".into());
                    (&mut platform.os, "linux")
                }
                "x64" | "arm64" | "arm" | "ia32" | "riscv64" | "ppc64" | "ppc64le" | "s390x" | "loong64"
                | "mips64el" | "wasm32" => (&mut platform.cpu, token),
                "64" => (&mut platform.cpu, "x64"),
                "musl" | "musleabihf" => (&mut platform.libc, "musl"),
                "gnu" | "gnueabihf" => (&mut platform.libc, "glibc"),
                "fsevents" => (&mut platform.os, "darwin"),
                _ => continue,
            };
            list.push(value.into());
        }
        if platform.os.is_empty() && !platform.cpu.iter().any(|cpu| &**cpu == "wasm32") {
            return Self::default();
        }
        platform
    }

    pub fn is_any(&self) -> bool {
        self.os.is_empty() && self.cpu.is_empty() && self.libc.is_empty()
    }
}

fn admits(list: &[Box<str>], value: &str) -> bool {
    if list.is_empty() || list.iter().any(|one| &**one == "any") {
        return true;
    }
    if list.iter().any(|one| one.strip_prefix('!') == Some(value)) {
        return false;
    }
    list.iter().all(|one| one.starts_with('!')) || list.iter().any(|one| &**one == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_fits_where_its_lists_and_their_negations_say() {
        let target = Target { os: "linux", cpu: "x64", libc: Some("musl") };
        let list = |words: &[&str]| words.iter().map(|word| Box::from(*word)).collect::<Vec<Box<str>>>();
        for (os, libc, fits) in [
            (&[][..], &[][..], true),
            (&["linux"], &["musl"], true),
            (&["linux"], &["glibc"], false),
            (&["darwin", "linux"], &[], true),
            (&["!win32"], &[], true),
            (&["!linux"], &[], false),
            (&["any"], &[], true),
        ] {
            let platform = Platform { os: list(os), cpu: Vec::new(), libc: list(libc) };
            assert_eq!(platform.fits(&target), fits, "{os:?} {libc:?}");
        }
    }

    #[test]
    fn names_of_platform_packages_tell_their_platform() {
        let musl = Target { os: "linux", cpu: "x64", libc: Some("musl") };
        let gnu = Target { libc: Some("glibc"), ..musl };
        for (name, on_musl, on_gnu) in [
            ("@next/swc-linux-x64-musl", true, false),
            ("@next/swc-linux-x64-gnu", false, true),
            ("@img/sharp-linuxmusl-x64", true, false),
            ("@esbuild/linux-x64", true, true),
            ("@esbuild/linux-arm64", false, false),
            ("turbo-linux-64", true, true),
            ("@img/sharp-wasm32", false, false),
            ("fsevents", false, false),
            ("arm-kit", true, true),
            ("next", true, true),
        ] {
            let platform = Platform::of_name(name);
            assert_eq!((platform.fits(&musl), platform.fits(&gnu)), (on_musl, on_gnu), "{name}");
        }
    }
}
