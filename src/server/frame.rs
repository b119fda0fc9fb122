//! One message on its way out: the header and the body of its frame in one piece.

use serde::Serialize;

/// A message as it is written to the client.
pub struct Frame {
    bytes: Vec<u8>,
    /// Where the header begins.
    start: usize,
}

/// Room, in bytes, for the header in front of a body of any length.
const HEADER: usize = "Content-Length: 18446744073709551615\r\n\r\n".len();

impl Frame {
    /// The frame of a message. `None`, logged, where that can't be written as JSON. `room` is how many bytes it may have.
    pub fn of<T: Serialize + ?Sized>(message: &T, room: usize) -> Option<Self> {
        let mut bytes = Vec::with_capacity(HEADER + room);
        bytes.resize(HEADER, 0);
        serde_json::to_writer(&mut bytes, message)
            .inspect_err(|error| tracing::error!("a message could not be written as JSON: {error}"))
            .ok()?;
        Some(Self::headed(bytes))
    }

    /// The frame of a body that is JSON already, in parts.
    pub fn joined(parts: &[&[u8]]) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + parts.iter().map(|part| part.len()).sum::<usize>());
        bytes.resize(HEADER, 0);
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        Self::headed(bytes)
    }

    /// Puts the header into the room in front of the body.
    fn headed(mut bytes: Vec<u8>) -> Self {
        let header = format!("Content-Length: {}\r\n\r\n", bytes.len() - HEADER);
        let start = HEADER - header.len();
        bytes[start..HEADER].copy_from_slice(header.as_bytes());
        Self { bytes, start }
    }

    /// The message, without the header.
    pub fn body(&self) -> &[u8] {
        &self.bytes[HEADER..]
    }

    /// All that is written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_stands_right_before_the_body() {
        let frame = Frame::of(&"é", 0).unwrap();
        assert_eq!(frame.as_bytes(), "Content-Length: 4\r\n\r\n\"é\"".as_bytes());
        let frame = Frame::joined(&[b"[1", b"]"]);
        assert_eq!(frame.as_bytes(), b"Content-Length: 3\r\n\r\n[1]");
        assert_eq!(frame.body(), b"[1]");
    }
}
