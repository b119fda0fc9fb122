use super::Problem;
use serde_json::{Map, Value};

/// A package.json, read tolerantly: a field of another type than npm's is as if it weren't there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PackageJson {
    pub name: Option<String>,
    /// The scripts in the order of the file.
    pub scripts: Vec<(String, String)>,
    pub dependencies: Vec<(String, String)>,
    pub dev_dependencies: Vec<(String, String)>,
    pub optional_dependencies: Vec<(String, String)>,
    pub peer_dependencies: Vec<(String, String)>,
    /// `engines.node`: the range of Node.js versions that the project asks for.
    pub node_range: Option<String>,
    /// `packageManager`: the package manager that Corepack starts.
    pub package_manager: Option<PackageManagerField>,
    /// The workspaces' globs; empty where the package has none.
    pub workspaces: Vec<String>,
    pub module_type: ModuleType,
    /// The whole object, for what has no field of its own (`prisma`, `pnpm`, …).
    pub raw: Map<String, Value>,
}

/// `"type"`: how Node.js reads the package's `.js` files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModuleType {
    #[default]
    CommonJs,
    Module,
}

/// `"packageManager": "pnpm@9.1.0+sha512.…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageManagerField {
    /// `npm`, `yarn`, `pnpm`, `bun`, or whatever was written.
    pub name: String,
    /// Without the hash; empty where none is given.
    pub version: String,
}

impl PackageJson {
    /// Reads the text of a package.json. The error has the 1-based line of the fault; its path is left
    /// to the caller.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = serde_json::from_str(body).map_err(|error| {
            let said = error.to_string();
            let said = said.split(" at line ").next().unwrap_or_default();
            Problem::at_line(error.line().max(1) as u32, format!("package.json isn't valid JSON: {said}"))
        })?;
        let Value::Object(raw) = value else {
            return Err(Problem::at_line(1, "package.json must be an object, `{ … }`".into()));
        };
        let text_of = |key: &str| raw.get(key).and_then(Value::as_str).map(str::to_string);
        Ok(Self {
            name: text_of("name"),
            scripts: pairs(&raw, "scripts"),
            dependencies: pairs(&raw, "dependencies"),
            dev_dependencies: pairs(&raw, "devDependencies"),
            optional_dependencies: pairs(&raw, "optionalDependencies"),
            peer_dependencies: pairs(&raw, "peerDependencies"),
            node_range: raw
                .get("engines")
                .and_then(|e| e.get("node"))
                .and_then(Value::as_str)
                .map(Into::into),
            package_manager: text_of("packageManager").map(|text| manager_field(&text)),
            workspaces: workspaces(&raw),
            module_type: match raw.get("type").and_then(Value::as_str) {
                Some("module") => ModuleType::Module,
                _ => ModuleType::CommonJs,
            },
            raw,
        })
    }

    /// The command line of a script.
    pub fn script(&self, name: &str) -> Option<&str> {
        lookup(&self.scripts, name)
    }

    /// The range in which a package is wanted, from dependencies, devDependencies or
    /// optionalDependencies, in that order.
    pub fn dependency(&self, name: &str) -> Option<&str> {
        [&self.dependencies, &self.dev_dependencies, &self.optional_dependencies]
            .into_iter()
            .find_map(|list| lookup(list, name))
    }
}

fn lookup<'a>(list: &'a [(String, String)], name: &str) -> Option<&'a str> {
    list.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn pairs(raw: &Map<String, Value>, key: &str) -> Vec<(String, String)> {
    let entries = raw.get(key).and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_string()))).collect()
}

/// npm's list of globs, or yarn's object with `packages` in it.
fn workspaces(raw: &Map<String, Value>) -> Vec<String> {
    let list = match raw.get("workspaces") {
        Some(Value::Object(object)) => object.get("packages"),
        other => other,
    };
    let globs = list.and_then(Value::as_array).into_iter().flatten();
    globs.filter_map(Value::as_str).map(str::to_string).collect()
}

fn manager_field(text: &str) -> PackageManagerField {
    let (name, version) = text.trim().split_once('@').unwrap_or((text.trim(), ""));
    let version = version.split('+').next().unwrap_or_default();
    PackageManagerField { name: name.to_string(), version: version.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_an_error_with_its_line() {
        let problem = PackageJson::parse("{\n  \"name\": \"x\",\n  \"scripts\": {,}\n}").unwrap_err();
        assert_eq!(problem.line, Some(3));
        assert!(problem.message.starts_with("package.json isn't valid JSON"), "{}", problem.message);
        assert_eq!(PackageJson::parse("").unwrap_err().line, Some(1));
        assert!(PackageJson::parse("[]").is_err());
    }

    #[test]
    fn fields_of_an_odd_type_are_as_if_absent() {
        let json = "\u{feff}{\"name\":1,\"scripts\":[],\"dependencies\":{\"next\":15,\"react\":\"19\"},\
                    \"engines\":\">=20\",\"workspaces\":{\"packages\":[\"apps/*\",3]},\"type\":\"module\",\
                    \"packageManager\":\"pnpm@9.1.0+sha512.ab\"}";
        let package = PackageJson::parse(json).unwrap();
        assert_eq!((package.name.as_deref(), package.node_range.as_deref()), (None, None));
        assert_eq!(package.dependency("next"), None);
        assert_eq!(package.dependency("react"), Some("19"));
        assert_eq!(package.workspaces, ["apps/*"]);
        assert_eq!(package.module_type, ModuleType::Module);
        let manager = package.package_manager.unwrap();
        assert_eq!((manager.name.as_str(), manager.version.as_str()), ("pnpm", "9.1.0"));
    }
}
