/// What BuildKit makes of a word of EXPOSE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Whether an address or a port of the host stands before the port.
    pub mapped: bool,
    /// The protocol, as it is written; None where none is.
    pub protocol: Option<String>,
    /// Why BuildKit refuses it.
    pub refused: Option<String>,
}

/// Reads `[ip:][host:]container[/protocol]`.
///
/// Source: BuildKit `frontend/dockerfile/dockerfile2llb/convert_expose.go`.
pub fn read(word: &str) -> Port {
    let parts: Vec<&str> = word.split(':').collect();
    let (ip, host, container) = match &parts[..] {
        [] => (String::new(), "", ""),
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [ip @ .., host, container] => (ip.join(":"), *host, *container),
    };
    let (port, protocol) =
        container.split_once('/').map_or((container, None), |(port, protocol)| (port, Some(protocol)));
    let protocol = protocol.filter(|protocol| !protocol.is_empty());
    Port {
        mapped: !ip.is_empty() || !host.is_empty(),
        protocol: protocol.map(str::to_owned),
        refused: refusal(&ip, host, port, protocol),
    }
}

fn refusal(ip: &str, host: &str, port: &str, protocol: Option<&str>) -> Option<String> {
    if port.is_empty() {
        return Some("EXPOSE needs a port here".to_owned());
    }
    let known =
        |protocol: &str| ["tcp", "udp", "sctp"].iter().any(|known| known.eq_ignore_ascii_case(protocol));
    if let Some(protocol) = protocol.filter(|protocol| !known(protocol)) {
        return Some(format!("`{protocol}` is no protocol of EXPOSE; it knows `tcp`, `udp` and `sctp`"));
    }
    let address = ip.strip_prefix('[').map_or(ip, |ip| ip.strip_suffix(']').unwrap_or(ip));
    if !ip.is_empty() && address.parse::<std::net::IpAddr>().is_err() {
        return Some(format!("`{ip}` is no IP address"));
    }
    let ports = match range(port) {
        Ok(ports) => ports,
        Err(why) => return Some(why),
    };
    if host.is_empty() {
        return None;
    }
    match range(host) {
        Err(why) => Some(why),
        Ok(of_host) if of_host.1 - of_host.0 != ports.1 - ports.0 && ports.0 != ports.1 => {
            Some(format!("`{host}` and `{port}` aren't ranges of one length"))
        }
        Ok(_) => None,
    }
}

/// First and last port of `8000` or `8000-8010`.
fn range(text: &str) -> Result<(u16, u16), String> {
    let (start, end) = match text.split_once('-') {
        Some((start, end)) if !text.starts_with('-') => (start, Some(end)),
        _ => (text, None),
    };
    let first = number(start)?;
    let Some(end) = end.filter(|end| *end != start) else { return Ok((first, first)) };
    let last = number(end)?;
    if last < first {
        return Err(format!("the range `{text}` runs backwards"));
    }
    Ok((first, last))
}

fn number(text: &str) -> Result<u16, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{text}` is no port; a port is a number from 0 to 65535"));
    }
    let negative = text.starts_with('-') && digits.bytes().any(|byte| byte != b'0');
    match digits.parse::<u16>() {
        Ok(port) if !negative => Ok(port),
        _ => Err(format!("`{text}` is no port; ports run from 0 to 65535")),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn ports_are_read_as_buildkit_reads_them() {
        for sound in [
            "80",
            "80/tcp",
            "80/TCP",
            "8000-8010/udp",
            "80/",
            "127.0.0.1:80:80",
            "[::1]:80:80",
            "0",
            "+1",
            "80-80",
        ] {
            assert_eq!(read(sound).refused, None, "{sound}");
        }
        for refused in ["", "/tcp", "x", "80/x", "90-80", "65536", "-80", "80-", "1.2:80:80", "80:90-91:1-3"]
        {
            assert!(read(refused).refused.is_some(), "{refused}");
        }
        assert!(read("80:80").mapped && !read("80/udp").mapped);
        assert_eq!(read("80/Tcp").protocol.as_deref(), Some("Tcp"));
    }
}
