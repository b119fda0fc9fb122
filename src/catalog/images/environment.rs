//! The variables that images set, beside PATH, which every Linux image has.

/// The names of the variables that the images of a repository set; `None` where they aren't known.
///
/// Names that only older tags set are there too, since a name too many is a hint less and one too few a false alarm.
///
/// Sources: for the official images docker-library/repo-info `repos/<image>/remote/`, which lists the `ENV` of each
/// published tag from 2017 on (looked at: golang, gradle, httpd, nginx, php, python, redis, ruby, rust, tomcat,
/// eclipse-temurin), else the `ENV` lines of the Dockerfiles in their repositories; dotnet/dotnet-docker, oven-sh/bun
/// and denoland/deno_docker for the others. Plain systems set none.
pub(super) fn of(repository: &str) -> Option<&'static [&'static str]> {
    Some(match repository {
        "alpine" | "debian" | "ubuntu" | "busybox" | "amazonlinux" | "centos" | "oraclelinux"
        | "rockylinux" | "almalinux" | "buildpack-deps" | "archlinux" | "scratch" => &[],
        "fedora" => &["DISTTAG", "FGC", "FBR"],
        "node" => &["NODE_VERSION", "YARN_VERSION"],
        "python" => &[
            "LANG",
            "GPG_KEY",
            "PYTHON_VERSION",
            "PYTHON_SHA256",
            "PYTHON_PIP_VERSION",
            "PYTHON_SETUPTOOLS_VERSION",
            "PYTHON_GET_PIP_URL",
            "PYTHON_GET_PIP_SHA256",
        ],
        "golang" => &["GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH"],
        "ruby" => &[
            "LANG",
            "RUBY_VERSION",
            "RUBY_MAJOR",
            "RUBY_DOWNLOAD_URL",
            "RUBY_DOWNLOAD_SHA256",
            "RUBYGEMS_VERSION",
            "BUNDLER_VERSION",
            "GEM_HOME",
            "BUNDLE_SILENCE_ROOT_WARNING",
            "BUNDLE_APP_CONFIG",
        ],
        "php" => &[
            "PHPIZE_DEPS",
            "PHP_INI_DIR",
            "PHP_CFLAGS",
            "PHP_CPPFLAGS",
            "PHP_LDFLAGS",
            "GPG_KEYS",
            "PHP_VERSION",
            "PHP_URL",
            "PHP_ASC_URL",
            "PHP_SHA256",
            "PHP_EXTRA_CONFIGURE_ARGS",
            "APACHE_CONFDIR",
            "APACHE_ENVVARS",
        ],
        "rust" => &["RUSTUP_HOME", "CARGO_HOME", "RUST_VERSION"],
        "nginx" => {
            &["NGINX_VERSION", "NJS_VERSION", "NJS_RELEASE", "PKG_RELEASE", "ACME_VERSION", "DYNPKG_RELEASE"]
        }
        "httpd" => &["HTTPD_PREFIX", "HTTPD_VERSION", "HTTPD_SHA256", "HTTPD_PATCHES", "APACHE_DIST_URLS"],
        "postgres" => {
            &["GOSU_VERSION", "LANG", "PG_MAJOR", "PG_VERSION", "PGDATA", "PG_SHA256", "DOCKER_PG_LLVM_DEPS"]
        }
        "redis" => &["GOSU_VERSION", "REDIS_VERSION", "REDIS_DOWNLOAD_URL", "REDIS_DOWNLOAD_SHA"],
        "eclipse-temurin" => &["JAVA_HOME", "LANG", "LANGUAGE", "LC_ALL", "JAVA_VERSION"],
        "openjdk" => &["JAVA_HOME", "LANG", "JAVA_VERSION"],
        "maven" => &["JAVA_HOME", "LANG", "LANGUAGE", "LC_ALL", "JAVA_VERSION", "MAVEN_HOME", "MAVEN_CONFIG"],
        "gradle" => {
            &["JAVA_HOME", "LANG", "LANGUAGE", "LC_ALL", "JAVA_VERSION", "GRADLE_HOME", "GRADLE_VERSION"]
        }
        "tomcat" => &[
            "JAVA_HOME",
            "LANG",
            "LANGUAGE",
            "LC_ALL",
            "JAVA_VERSION",
            "CATALINA_HOME",
            "TOMCAT_NATIVE_LIBDIR",
            "OPENSSL_VERSION",
            "LD_LIBRARY_PATH",
            "GPG_KEYS",
            "TOMCAT_MAJOR",
            "TOMCAT_VERSION",
            "TOMCAT_SHA512",
        ],
        "mcr.microsoft.com/dotnet/sdk" => &[
            "APP_UID",
            "ASPNETCORE_HTTP_PORTS",
            "ASPNETCORE_URLS",
            "DOTNET_RUNNING_IN_CONTAINER",
            "DOTNET_VERSION",
            "ASPNET_VERSION",
            "DOTNET_GENERATE_ASPNET_CERTIFICATE",
            "DOTNET_NOLOGO",
            "DOTNET_SDK_VERSION",
            "DOTNET_USE_POLLING_FILE_WATCHER",
            "NUGET_XMLDOC_MODE",
            "POWERSHELL_DISTRIBUTION_CHANNEL",
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
        ],
        "mcr.microsoft.com/dotnet/aspnet"
        | "mcr.microsoft.com/dotnet/runtime"
        | "mcr.microsoft.com/dotnet/runtime-deps" => &[
            "APP_UID",
            "ASPNETCORE_HTTP_PORTS",
            "ASPNETCORE_URLS",
            "DOTNET_RUNNING_IN_CONTAINER",
            "DOTNET_VERSION",
            "ASPNET_VERSION",
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
        ],
        "oven/bun" => &["BUN_RUNTIME_TRANSPILER_CACHE_PATH", "BUN_INSTALL_BIN"],
        "denoland/deno" => &["DENO_USE_CGROUPS", "DENO_DIR", "DENO_INSTALL_ROOT", "DENO_VERSION"],
        _ => return None,
    })
}
