//! Shell scripts of the project that lie in the image: their text, and places in it.

use crate::context::{Project, View};
use crate::convert::places::{self, Brought};
use crate::layers::Subject;
use crate::model::{Stage, resolve};
use crate::syntax::InstructionId;
use crate::text::{LineTable, Span};
use std::path::PathBuf;
use std::sync::Arc;

/// A script and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// Where it lies in the image.
    pub place: String,
    /// As messages call it.
    pub name: String,
    /// Its file; None where it stands in the Dockerfile.
    pub path: Option<PathBuf>,
    /// The COPY or ADD that brings it.
    pub by: InstructionId,
    pub text: Arc<str>,
    /// Where the text begins in its file, in bytes.
    start: u32,
    /// The 1-based line where it begins.
    first_line: u32,
}

/// A place in a script, as a message names it.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub path: Option<PathBuf>,
    pub span: Span,
    /// "`npm run dev` on line 3 of start.sh"
    pub what: String,
}

impl Text {
    /// The place of some bytes of the text.
    pub fn spot(&self, span: Span) -> Spot {
        let line = LineTable::physical(&self.text).line(span.start) + self.first_line;
        let text = span.of(&self.text).lines().next().unwrap_or("").trim_end();
        let text: String = text.char_indices().take_while(|(at, _)| *at < 60).map(|(_, c)| c).collect();
        let of = if self.path.is_some() { format!(" of {}", self.name) } else { String::new() };
        Spot {
            path: self.path.clone(),
            span: Span::new(span.start + self.start, span.end + self.start),
            what: format!("`{text}` on line {line}{of}"),
        }
    }

    /// The program that its first line names: `bash` of `#!/usr/bin/env bash`; None where it names none.
    pub fn interpreter(&self) -> Option<&str> {
        let mut words = self.text.lines().next()?.strip_prefix("#!")?.split_whitespace();
        let first = words.next()?.rsplit('/').next()?;
        if first != "env" {
            return Some(first);
        }
        words.find(|word| !word.starts_with('-'))?.rsplit('/').next()
    }

    /// Whether its lines end as on Windows, so that Linux doesn't find the program that its first line names.
    pub fn has_crlf(&self) -> bool {
        self.text.lines().next().is_some_and(|line| self.text[line.len()..].starts_with("\r\n"))
    }
}

/// Why there is no text.
pub(super) enum Missing {
    /// No COPY or ADD brings such a file.
    NotThere,
    /// The sentence's end, "the script …".
    Unreadable(String),
}

/// Where scripts are looked for: the image of one stage.
#[derive(Clone, Copy)]
pub(super) struct Image<'s, 'a> {
    pub subject: &'s Subject<'a>,
    pub stage: &'a Stage,
}

/// Where a program without a path is looked for. Source: the default PATH of Docker's images.
const PATH: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

impl<'a> Image<'_, 'a> {
    /// The folder that the container starts in.
    pub fn workdir(&self) -> &str {
        &self.subject.model.last_frame(self.stage).workdir.path
    }

    fn view(&self) -> Option<&'a View> {
        self.subject.context
    }

    /// The project whose package.json lies in a folder.
    pub fn project(&self, folder: &str) -> Option<&'a Project> {
        places::project_in(self.subject, self.view()?, self.stage, folder, None)
    }

    /// The script that a program's name means, where the project brings it; looked for from `folder` on.
    pub fn program(&self, name: &str, folder: &str) -> Result<Text, Missing> {
        if name.contains('/') {
            return self.file(&resolve(folder, name));
        }
        let found = PATH.iter().map(|folder| self.file(&resolve(folder, name)));
        found
            .into_iter()
            .find(|found| !matches!(found, Err(Missing::NotThere)))
            .unwrap_or(Err(Missing::NotThere))
    }

    /// The text of the script at a path of the image.
    pub fn file(&self, place: &str) -> Result<Text, Missing> {
        let Some(view) = self.view() else { return Err(Missing::NotThere) };
        let (by, brought) =
            places::brought(self.subject, view, self.stage, place).ok_or(Missing::NotThere)?;
        match brought {
            Brought::Heredoc => self.heredoc(place, by),
            Brought::File(name) => match view.script(&name) {
                Some(file) => Ok(Text {
                    place: place.to_owned(),
                    path: Some(file.path.clone()),
                    by,
                    text: Arc::clone(&file.text),
                    start: 0,
                    first_line: 1,
                    name,
                }),
                None => Err(Missing::Unreadable(unread(view, &name))),
            },
        }
    }

    fn heredoc(&self, place: &str, by: InstructionId) -> Result<Text, Missing> {
        let source = &**self.subject.source();
        let instruction = self.subject.instruction(by).ok_or(Missing::NotThere)?;
        let heredoc = instruction.heredocs.first().ok_or(Missing::NotThere)?;
        let text = heredoc.body.of(source);
        if heredoc.expand && text.contains(['$', '\\']) {
            return Err(Missing::Unreadable(format!(
                "is written on line {} with its variables replaced when the image is built; quote the delimiter, \
                 `<<'{}'`, so that the script keeps them",
                instruction.first_line, heredoc.name
            )));
        }
        Ok(Text {
            place: place.to_owned(),
            name: place.rsplit('/').next().unwrap_or(place).to_owned(),
            path: None,
            by,
            text: Arc::from(text),
            start: heredoc.body.start,
            first_line: LineTable::physical(source).line(heredoc.body.start) + 1,
        })
    }
}

/// Why a file that is there has no text here.
fn unread(view: &View, name: &str) -> String {
    match view.file(name) {
        Some(file) if file.is_link => format!("is the symbolic link {name}, which isn't followed"),
        Some(file) if file.size > 64 << 10 => format!("is the file {name}, which is too long to be read"),
        _ if view.absolute(name).is_none() => "isn't known".into(),
        _ => format!("is the file {name}, which isn't read as a shell script"),
    }
}
